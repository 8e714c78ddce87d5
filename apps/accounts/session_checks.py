"""Checks many sessions at once: which of them still belong to the viewer that they belonged to?"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cachetools import LRUCache
from django.db import connection

from apps.accounts.models import User
from apps.accounts.selectors import viewer_of_session
from apps.accounts.viewer import Viewer

REMEMBERED = 10_000  # sessions; one that is not remembered costs two queries more


class HeldSession(NamedTuple):
    """A session's key, and the viewer it belonged to when the socket was opened."""

    key: str
    viewer: Viewer


# One statement without the ORM, because each frame of a socket runs it.
_STORED = """
SELECT session_key, session_data, NULL, {nulls} FROM django_session
WHERE session_key IN ({keys}) AND expire_date > CURRENT_TIMESTAMP
UNION ALL
SELECT NULL, NULL, id, {columns} FROM accounts_user WHERE id IN ({ids})
"""

_Columns = tuple[object, ...]  # everything that decides whom a session belongs to, as stored
_checked: LRUCache[HeldSession, _Columns] = LRUCache(REMEMBERED)
_lock = threading.Lock()


def unchanged_sessions(held: Iterable[HeldSession]) -> set[HeldSession]:
    """Those that still belong to their viewer. One query, and two for each that changed since its last check."""
    wanted = set(held)
    sessions, users = _stored(wanted)
    return {
        each for each in wanted if each.key in sessions and _is_unchanged(each, sessions[each.key], users)
    }


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


def _stored(wanted: Iterable[HeldSession]) -> tuple[dict[str, str], dict[int, _Columns]]:
    """The sessions that have not expired, by key, and the users, by id."""
    keys = {each.key for each in wanted}
    ids = {each.viewer.user.pk for each in wanted if each.viewer.user} or {0}  # 0: nobody
    if not keys:
        return {}, {}
    with connection.cursor() as cursor:
        cursor.execute(_statement(len(keys), len(ids)), [*keys, *ids])
        rows = cursor.fetchall()
    sessions = {key: data for key, data, pk, *_ in rows if pk is None}
    return sessions, {pk: tuple(columns) for _, _, pk, *columns in rows if pk is not None}


def _statement(keys: int, ids: int) -> str:
    columns = User.SESSION_COLUMNS
    return _STORED.format(
        columns=", ".join(columns),
        nulls=", ".join(["NULL"] * len(columns)),
        keys=", ".join(["%s"] * keys),
        ids=", ".join(["%s"] * ids),
    )
