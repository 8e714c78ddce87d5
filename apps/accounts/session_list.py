"""The sessions in which a person is signed in: one row each, so that they can be shown and ended."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from allauth.usersessions.models import UserSession
from cachetools import TTLCache
from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.user_agents import device_words
from apps.common.addresses import request_address
from apps.common.queue import enqueue

ROW = "session_row"  # key in the session: its row here
MOST = 50  # sessions of an account; with one more, the one that was used longest ago ends
SEEN_SECONDS = 300  # precision of "last used"
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - the column of allauth takes no NULL

_seen: TTLCache[int, None] = TTLCache(10_000, SEEN_SECONDS)
_lock = threading.Lock()


@dataclass(frozen=True)
class OpenSession:
    pk: int
    device: str
    address: str
    signed_in_at: datetime
    last_seen_at: datetime
    is_current: bool


@transaction.atomic
def record_session(request: HttpRequest, user: User) -> None:
    """The session of the request belongs to the user from now on; call it again whenever its key changes."""
    if not request.session.session_key:
        request.session.save()
    values = {
        "session_key": request.session.session_key,
        "ip": _address(request),
        "user_agent": request.headers.get("User-Agent", "")[: _length("user_agent")],
        "last_seen_at": timezone.now(),
        "data": {"hash": user.get_session_auth_hash()},
    }
    if not UserSession.objects.filter(pk=request.session.get(ROW), user=user).update(**values):
        row, _created = UserSession.objects.update_or_create(
            session_key=values["session_key"], defaults=values | {"user": user}
        )
        request.session[ROW] = row.pk
    _end_oldest(user)


def keep_session(request: HttpRequest, user: User) -> None:
    """After `end_sessions`: all sessions of the user but this one have ended."""
    update_session_auth_hash(request, user)
    record_session(request, user)


def sessions_of(user: User, current: str | None) -> list[OpenSession]:
    """Those that still sign in, the last used first; `current` is the key of the session that asks."""
    valid = user.get_session_auth_hash()
    return [
        OpenSession(
            row.pk,
            device_words(row.user_agent),
            "" if row.ip == NO_ADDRESS else row.ip,
            row.created_at,
            row.last_seen_at,
            row.session_key == current,
        )
        for row in _unexpired(user).order_by("-last_seen_at")[:MOST]
        if row.data.get("hash") == valid
    ]


def end_session(user: User, pk: int, *, current: str | None) -> bool:
    """False if this is no other session of the user. The caller makes the sockets check their sessions."""
    rows = UserSession.objects.filter(user=user, pk=pk).exclude(session_key=current or "")
    return _end(rows.values_list("session_key", flat=True))


def end_all_sessions(user: User) -> None:
    """Delete them, and what stands in them."""
    _end(UserSession.objects.filter(user=user).values_list("session_key", flat=True))


def forget_session(session_key: str | None) -> None:
    """Its person has signed out."""
    UserSession.objects.filter(session_key=session_key or "").delete()


def forget_rows_of_ended_sessions() -> None:
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def note_use(request: HttpRequest) -> None:
    """A worker writes that the session was used, so that no page waits for it."""
    row = request.session.get(ROW)
    if isinstance(row, int):
        note_use_of(row)


def note_use_of(row: int) -> None:
    if _is_due(row):
        enqueue("apps.accounts.tasks.write_session_use", row, expires=SEEN_SECONDS)


def session_row_of(session_key: str) -> int | None:
    """The row of a session in the list of sessions."""
    row: int | None = UserSession.objects.filter(session_key=session_key).values_list("pk", flat=True).first()
    return row


def write_use(pk: int) -> None:
    UserSession.objects.filter(pk=pk).update(last_seen_at=timezone.now())


def _is_due(row: int) -> bool:
    with _lock:
        if row in _seen:
            return False
        _seen[row] = None
    return True


def _unexpired(user: User) -> QuerySet[UserSession]:
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows: QuerySet[UserSession] = UserSession.objects.filter(user=user, session_key__in=alive)
    return rows


def _end_oldest(user: User) -> None:
    rows = UserSession.objects.filter(user=user).order_by("-last_seen_at", "-pk")
    _end(rows.values_list("session_key", flat=True)[MOST:])


def _end(keys: Iterable[str]) -> bool:
    ended = list(keys)
    if ended:
        Session.objects.filter(session_key__in=ended).delete()
        UserSession.objects.filter(session_key__in=ended).delete()
    return bool(ended)


def _address(request: HttpRequest) -> str:
    try:
        return str(ip_address(request_address(request)))
    except ValueError:
        return NO_ADDRESS


def _length(field: str) -> int:
    return int(UserSession._meta.get_field(field).max_length)
