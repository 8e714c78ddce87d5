"""Rate limits counted in the shared cache, for events that no table counts. Refuses when the cache fails."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from redis.exceptions import RedisError

from apps.common.errors import AppError, Code
from apps.common.outages import CACHE_AWAY

TRIES = 3


def take(subject: str, *, limit: int, seconds: int) -> bool:
    """Count one event in a window that begins with the first one. False above the limit. Raises AppError.

    Only a digest of the subject (an address) is stored.
    """
    taken = count_event(subject, seconds=seconds)
    return taken is not None and taken <= limit


def count_event(subject: str, *, seconds: int) -> int | None:
    """The number of events in the window, including this one; None if they cannot be counted. Raises AppError."""
    key = f"limit:{hashlib.sha256(subject.encode()).hexdigest()}"
    try:
        return _count(key, seconds)
    except RedisError as error:
        raise AppError(Code.UNAVAILABLE, CACHE_AWAY) from error


def _count(key: str, seconds: int) -> int | None:
    """The number of events in the window, including this one; None if the cache loses each new window at once."""
    for _ in range(TRIES):
        cache.add(key, 0, seconds)
        try:
            taken = cache.incr(key)
        except ValueError:  # the window ended or was evicted between the two calls: begin another
            continue
        if taken == 1:  # if the window ended meanwhile, `incr` made one that never expires
            cache.touch(key, seconds)
        return int(taken)
    return None
