"""Pictures of PDF pages and of documents: drawn in a reading process, one at a time, and cached in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache as once
from pathlib import Path

from cachetools import LRUCache, TTLCache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.common.errors import AppError, Code, NotFound
from apps.knowledge.config import document_config
from apps.knowledge.documents.layout import layout_from_json
from apps.knowledge.documents.originals import local_original
from apps.knowledge.documents.parsed_document import FailureCode, ParseError
from apps.knowledge.models import DocumentVersion
from apps.knowledge.parsing.reader import DocumentReader, ReadLimits

MISSING = gettext_lazy("The original file is missing from this site's storage. Tell your administrator.")
MEDIA_TYPE = "application/pdf"
_MEGABYTE = 1024 * 1024
_Key = tuple[
    object, ...
]  # primary key of the version, and page or part and place; or the name of an original

_MOST_FAILED = 10_000
_FAILED_SECONDS = 600  # what cannot be drawn is not tried again for so long
_failed: TTLCache[_Key, FailureCode] = TTLCache(_MOST_FAILED, _FAILED_SECONDS)
_lock = threading.Lock()
_drawing = threading.Lock()


def has_pictures(version: DocumentVersion) -> bool:
    return version.media_type == MEDIA_TYPE


def page_picture(version: DocumentVersion, page: int) -> bytes:
    """The page as a PNG; pages count from 1. Raises NotFound, and AppError if it cannot be drawn."""
    if not has_pictures(version) or not 1 <= page <= len(layout_from_json(version.layout).pages):
        raise NotFound

    def draw() -> bytes:
        with drawing(version.original) as (reader, path):
            return reader.picture(path, page)

    return cached_picture((version.pk, page), draw, _("This page cannot be drawn. Its text is shown."))


def cached_picture(key: _Key, draw: Callable[[], bytes], failure: str) -> bytes:
    """The picture from the cache, else drawn in this process's turn. Raises AppError; `failure` is its message for what
    cannot be drawn.
    """
    try:
        if (picture := _known(key)) is not None:
            return picture
        with _turn():
            return remember_picture(key, draw)
    except ParseError as error:
        raise AppError(Code.UNAVAILABLE, failure) from error


def remember_picture(key: _Key, draw: Callable[[], bytes]) -> bytes:
    """The picture, which is drawn if it is not in the cache. Raises ParseError, also for what could not be drawn a
    short time ago.
    """
    if (picture := _known(key)) is not None:
        return picture
    try:
        picture = draw()
    except ParseError as error:
        with _lock:
            _failed[key] = error.code
        raise
    with _lock:
        _pictures()[key] = picture
    return picture


@contextmanager
def drawing(original: str) -> Iterator[tuple[DocumentReader, Path]]:
    """A reading process and an original for it. Raises AppError if that is missing."""
    limits = replace(ReadLimits.from_config(), seconds=document_config().picture_seconds)
    try:
        with local_original(original) as path, DocumentReader(limits) as reader:
            yield reader, path
    except FileNotFoundError as error:
        raise AppError(Code.NOT_FOUND, MISSING) from error


def clear_pictures() -> None:
    """For tests, whose databases repeat primary keys."""
    with _lock:
        _pictures().clear()
        _failed.clear()


@once
def _pictures() -> LRUCache[_Key, bytes]:
    return LRUCache(document_config().picture_cache_mb * _MEGABYTE, getsizeof=len)


def _known(key: _Key) -> bytes | None:
    """Raises ParseError for what could not be drawn a short time ago."""
    with _lock:
        if code := _failed.get(key):
            raise ParseError(code, "as before")
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
