"""Pictures of PDF pages and of documents: drawn in a reading process, one at a time, and cached in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache as once
from pathlib import Path

from cachetools import LRUCache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.common.errors import AppError, Code, NotFound
from apps.knowledge.config import document_config
from apps.knowledge.documents.layout import layout_from_json
from apps.knowledge.documents.originals import local_original
from apps.knowledge.documents.parsed_document import ParseError
from apps.knowledge.models import DocumentVersion
from apps.knowledge.parsing.reader import DocumentReader, ReadLimits

MISSING = gettext_lazy("The original file is missing from this site's storage. Tell your administrator.")
MEDIA_TYPE = "application/pdf"
_MEGABYTE = 1024 * 1024
_Key = tuple[
    object, ...
]  # primary key of the version, and page or part and place; or the name of an original

_lock = threading.Lock()
_drawing = threading.Lock()


def has_pictures(version: DocumentVersion) -> bool:
    return version.media_type == MEDIA_TYPE


def page_picture(version: DocumentVersion, page: int) -> bytes:
    """The page as a PNG; pages count from 1. Raises NotFound, and AppError if it cannot be drawn."""
    if not has_pictures(version) or not 1 <= page <= len(layout_from_json(version.layout).pages):
        raise NotFound

    def draw() -> bytes:
        with drawing(version.original, _("This page cannot be drawn. Its text is shown.")) as (reader, path):
            return reader.picture(path, page)

    return cached_picture((version.pk, page), draw)


def cached_picture(key: _Key, draw: Callable[[], bytes]) -> bytes:
    """The picture from the cache, else drawn in this process's turn. Raises AppError."""
    if (picture := _cached(key)) is not None:
        return picture
    with _turn():
        return remember_picture(key, draw)


def remember_picture(key: _Key, draw: Callable[[], bytes]) -> bytes:
    """The picture, which is drawn if it is not in the cache."""
    picture = _cached(key) or draw()
    with _lock:
        _pictures()[key] = picture
    return picture


@contextmanager
def drawing(original: str, failure: str) -> Iterator[tuple[DocumentReader, Path]]:
    """A reading process and an original for it. Raises AppError; `failure` is its message for what cannot be drawn."""
    limits = replace(ReadLimits.from_config(), seconds=document_config().picture_seconds)
    try:
        with local_original(original) as path, DocumentReader(limits) as reader:
            yield reader, path
    except FileNotFoundError as error:
        raise AppError(Code.NOT_FOUND, MISSING) from error
    except ParseError as error:
        raise AppError(Code.UNAVAILABLE, failure) from error


def clear_pictures() -> None:
    """For tests, whose databases repeat primary keys."""
    with _lock:
        _pictures().clear()


@once
def _pictures() -> LRUCache[_Key, bytes]:
    return LRUCache(document_config().picture_cache_mb * _MEGABYTE, getsizeof=len)


def _cached(key: _Key) -> bytes | None:
    with _lock:
        return _pictures().get(key)


@contextmanager
def _turn() -> Iterator[None]:
    """One page at a time in each process. Raises AppError after waiting as long as one page may take."""
    if not _drawing.acquire(timeout=document_config().picture_seconds):
        raise AppError(Code.UNAVAILABLE, _("Other pages are being drawn. Try again in a moment."))
    try:
        yield
    finally:
        _drawing.release()
