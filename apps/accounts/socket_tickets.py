"""One-use tickets that open a WebSocket with the session they were made in, for clients without cookies.

The cache holds the digest of a ticket and the number of a row in the list of sessions: neither lets anyone in.
"""

from __future__ import annotations

import secrets

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from redis.exceptions import RedisError

from apps.accounts.api_keys import digest_of
from apps.common.errors import AppError, Code
from apps.common.outages import CACHE_AWAY

SECONDS = 30
TOKEN_BYTES = 32


def make_ticket(session_row: int) -> str:
    """Raises AppError."""
    ticket = secrets.token_urlsafe(TOKEN_BYTES)
    try:
        cache.set(_name(ticket), session_row, SECONDS)
    except RedisError as error:
        raise AppError(Code.UNAVAILABLE, CACHE_AWAY) from error
    return ticket


def redeem_ticket(ticket: str) -> str | None:
    """The key of the session; None for a ticket that is unknown, expired or was used before. Raises RedisError."""
    row = cache.get(_name(ticket))
    if row is None or not cache.delete(_name(ticket)):  # of several at once, one has deleted it
        return None
    key: str | None = UserSession.objects.filter(pk=row).values_list("session_key", flat=True).first()
    return key


def _name(ticket: str) -> str:
    return f"ticket:{digest_of(ticket)}"
