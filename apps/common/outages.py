"""Sentences for failures of the database or Redis and for a full disk. They are not bugs, and a retry may succeed."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from apps.common.errors import AppError, Code

AWAY = _("The database does not answer. Try again in a minute.")
BUSY = _("The database is busy. Try again in a moment.")
DISK_FULL = _("Nothing can be saved right now because the disk is full. Try again later.")
CACHE_AWAY = _("A part of this service does not answer. Try again in a minute.")

_SQLITE = {
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_INTERRUPT: BUSY,
    sqlite3.SQLITE_FULL: DISK_FULL,
    sqlite3.SQLITE_IOERR: AWAY,
    sqlite3.SQLITE_CANTOPEN: AWAY,
    sqlite3.SQLITE_READONLY: AWAY,
    sqlite3.SQLITE_PROTOCOL: BUSY,
}
_POSTGRES = {
    "53100": DISK_FULL,
    "55P03": BUSY,  # lock_timeout
    "57014": BUSY,  # statement_timeout
    "40P01": BUSY,  # deadlock
}
_PRIMARY_CODE = 0xFF  # the low byte of SQLite's extended result codes


@contextmanager
def outages_as_app_errors() -> Iterator[None]:
    """Raise outages as AppError, for callers that show an AppError in their own form."""
    try:
        yield
    except (OperationalError, InterfaceError, RedisError, OSError) as error:
        outage = outage_of(error)
        if outage is None:
            raise
        raise outage from error


def outage_of(error: BaseException | None) -> AppError | None:
    """The error to show for an exception; None when it is not an outage."""
    if isinstance(error, RedisError):
        return AppError(Code.UNAVAILABLE, CACHE_AWAY)
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return AppError(Code.UNAVAILABLE, DISK_FULL)
    if isinstance(error, OperationalError | InterfaceError):
        sentence = _sentence(error)
        return AppError(Code.UNAVAILABLE, sentence) if sentence else None
    return None


def _sentence(error: OperationalError | InterfaceError) -> Promise | None:
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # SQLite also raises this for a missing table or a wrong statement: those are bugs.
        return _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & _PRIMARY_CODE)
    return _POSTGRES.get(getattr(cause, "sqlstate", None) or "", AWAY)
