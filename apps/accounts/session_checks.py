"""Checks many sessions at once: which of them still belong to the viewer that they belonged to?"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cachetools import LRUCache
from django.contrib.sessions.models import Session
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.selectors import viewer_of_session
from apps.accounts.viewer import Viewer

REMEMBERED = 10_000  # sessions; one that is not remembered costs two queries more


class HeldSession(NamedTuple):
    """A session's key, and the viewer it belonged to when the socket was opened."""

    key: str
    viewer: Viewer


_Columns = tuple[object, ...]  # everything that decides whom a session belongs to, as stored
_checked: LRUCache[HeldSession, _Columns] = LRUCache(REMEMBERED)
_lock = threading.Lock()


def unchanged_sessions(held: Iterable[HeldSession]) -> set[HeldSession]:
    """Those that still belong to their viewer. Two queries, and two more for each that changed since its last check."""
    wanted = set(held)
    stored = _stored_sessions(each.key for each in wanted)
    users = _stored_users(each.viewer.user.pk for each in wanted if each.viewer.user)
    return {each for each in wanted if each.key in stored and _is_unchanged(each, stored[each.key], users)}


def _is_unchanged(held: HeldSession, session_data: str, users: Mapping[int, _Columns]) -> bool:
    user = held.viewer.user
    columns = session_data, *(users.get(user.pk, ()) if user else ())
    with _lock:
        if _checked.get(held) == columns:
            return True
    if viewer_of_session(held.key) != held.viewer:
        return False
    with _lock:
        _checked[held] = columns
    return True


def _stored_sessions(keys: Iterable[str]) -> dict[str, str]:
    rows = Session.objects.filter(session_key__in=set(keys), expire_date__gt=timezone.now())
    return dict(rows.values_list("session_key", "session_data"))


def _stored_users(ids: Iterable[int]) -> dict[int, _Columns]:
    wanted = set(ids)
    if not wanted:
        return {}
    rows = User.objects.filter(pk__in=wanted).values_list("pk", *User.SESSION_COLUMNS)
    return {pk: tuple(columns) for pk, *columns in rows}
