"""The cache of this process for searching: vectors, passages, vocabularies and more, with one limit of size.

The least recently used entries of all workspaces are evicted first. The size is `search.cache_mb` in quoth.yaml.
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
    )  # a single entry may be larger than the limit


def get(key: Hashable) -> tuple[Any, int] | None:
    """The value and the store version at which it was read."""
    with _lock:
        entry = _entries().get(key)
    return (entry.value, entry.store_version) if entry is not None else None


def put(key: Hashable, value: object, *, size: int, store_version: int = 0) -> None:
    """`size` is approximate, in bytes."""
    with _lock:
        _entries()[key] = _Entry(value, store_version, size)


def get_many(keys: Iterable[Hashable]) -> dict[Hashable, Any]:
    found: dict[Hashable, Any] = {}
    with _lock:
        entries = _entries()
        for key in keys:
            try:  # noqa: SIM105 - get() looks twice, and suppress() takes three times as long
                found[key] = entries[key].value
            except KeyError:
                pass
    return found


def put_many(values: Mapping[Hashable, object], size_of: Callable[[Any], int]) -> None:
    with _lock:
        for key, value in values.items():
            _entries()[key] = _Entry(value, 0, size_of(value))


def at_version(
    key: Hashable, store_version: int, load: Callable[[Value | None], Value], size_of: Callable[[Value], int]
) -> Value:
    """The cached value, if it has that store version or a later one. Else the result of `load`, which gets the older
    value.
    """
    found = get(key)
    if found is not None and found[1] >= store_version:
        return cast("Value", found[0])
    value = load(cast("Value", found[0]) if found is not None else None)
    put(key, value, size=size_of(value), store_version=store_version)
    return value


def size_in_bytes() -> int:
    """The size of all entries, as it was given to `put`."""
    with _lock:
        return int(_entries().currsize)


def clear_cache() -> None:
    """For a rebuild, and for tests, whose databases repeat ids and versions."""
    with _lock:
        _entries().clear()
