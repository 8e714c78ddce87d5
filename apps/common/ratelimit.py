"""Counting in the shared cache: for what no table counts. Fails closed."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from apps.common.errors import AppError, Code


def take(subject: str, *, limit: int, seconds: int) -> bool:
    """Count one more in a window that begins with the first; False past the limit. Raises AppError.

    The subject (an address) is kept as a digest only.
    """
    key = f"limit:{hashlib.sha256(subject.encode()).hexdigest()}"
    try:
        cache.add(key, 0, seconds)
        taken = cache.incr(key)
        if taken == 1:  # had the window ended in the midst of it, Redis would keep the new one for ever
            cache.touch(key, seconds)
        return taken <= limit
    except ValueError:  # the window ended between the two
        return True
    except RedisError as error:
        raise AppError(
            Code.UNAVAILABLE, _("Questions cannot be taken right now. Try again in a minute.")
        ) from error
