"""Counting in the shared cache: for what no table counts. Fails closed."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from redis.exceptions import RedisError

from apps.common.errors import AppError, Code
from apps.common.outages import CACHE_AWAY

TRIES = 3


def take(subject: str, *, limit: int, seconds: int) -> bool:
    """Count one more in a window that begins with the first; False past the limit. Raises AppError.

    The subject (an address) is kept as a digest only.
    """
    key = f"limit:{hashlib.sha256(subject.encode()).hexdigest()}"
    try:
        taken = _count(key, seconds)
    except RedisError as error:
        raise AppError(Code.UNAVAILABLE, CACHE_AWAY) from error
    return taken is not None and taken <= limit


def _count(key: str, seconds: int) -> int | None:
    """How many there are in the window with this one; None when the cache loses every new window at once."""
    for _ in range(TRIES):
        cache.add(key, 0, seconds)
        try:
            taken = cache.incr(key)
        except ValueError:  # the window ended, or was evicted, between the two: begin another
            continue
        if taken == 1:  # had it ended while it was counted, Redis would keep the new one without an end
            cache.touch(key, seconds)
        return int(taken)
    return None
