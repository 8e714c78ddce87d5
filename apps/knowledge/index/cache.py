"""What searching keeps in this process: one cache of bounded size for vectors, passages, vocabularies and the rest.

The least recently used entries go first, whichever workspace they are of. The size is `search.cache_mb` in quoth.yaml.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache as once
from typing import Any, TypeVar, cast

from cachetools import LRUCache

from apps.knowledge.config import search_config

Value = TypeVar("Value")
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class _Entry:
    value: Any
    store_version: int
    size: int


_lock = threading.RLock()


@once
def _entries() -> LRUCache[Hashable, _Entry]:
    limit = search_config().cache_mb * MEGABYTE
    return LRUCache(
        limit, getsizeof=lambda entry: min(entry.size, limit)
    )  # an entry of any size is kept alone


def get(key: Hashable) -> tuple[Any, int] | None:
    """The value and the store version that it was read at."""
    with _lock:
        entry = _entries().get(key)
    return (entry.value, entry.store_version) if entry is not None else None


def put(key: Hashable, value: object, *, size: int, store_version: int = 0) -> None:
    """`size` is in bytes, roughly."""
    with _lock:
        _entries()[key] = _Entry(value, store_version, size)


def get_many(keys: Iterable[Hashable]) -> dict[Hashable, Any]:
    with _lock:
        found = {key: _entries().get(key) for key in keys}
    return {key: entry.value for key, entry in found.items() if entry is not None}


def put_many(values: Mapping[Hashable, object], size_of: Callable[[Any], int]) -> None:
    with _lock:
        for key, value in values.items():
            _entries()[key] = _Entry(value, 0, size_of(value))


def at_version(
    key: Hashable, store_version: int, load: Callable[[Value | None], Value], size_of: Callable[[Value], int]
) -> Value:
    """The cached value if it is of that store version or a later one; else what `load` makes of the older one."""
    found = get(key)
    if found is not None and found[1] >= store_version:
        return cast("Value", found[0])
    value = load(cast("Value", found[0]) if found is not None else None)
    put(key, value, size=size_of(value), store_version=store_version)
    return value


def size_in_bytes() -> int:
    """Of everything that is cached, as it was counted."""
    with _lock:
        return int(_entries().currsize)


def clear_cache() -> None:
    """For a rebuild, and for tests, whose databases repeat ids and versions."""
    with _lock:
        _entries().clear()
