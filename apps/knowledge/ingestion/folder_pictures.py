"""Keeps picture files of a folder that the documents in it show."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from django.db import transaction

from apps.common.errors import AppError, Code
from apps.knowledge.config import upload_config
from apps.knowledge.documents.originals import (
    Original,
    digest_of,
    discard_after_failure,
    discard_originals,
    lock_originals,
    store_original,
)
from apps.knowledge.documents.parsed_document import FailureCode, ParseError, PictureFault
from apps.knowledge.documents.quota import check_quota
from apps.knowledge.ingestion.extraction import thread_reader
from apps.knowledge.models import DocumentPicture, Ingestion, IngestionState

logger = logging.getLogger(__name__)

VERSIONS_AT_ONCE = 500
_NO_SPACE = (Code.QUOTA, Code.STORAGE_FULL)
_TOO_LARGE = (FailureCode.OVERSIZED, FailureCode.TOO_MUCH_MEMORY, FailureCode.TOO_SLOW)


def keep_pictures(ingestions: Iterable[Ingestion], files: Mapping[str, Path]) -> None:
    """Those that the versions of these ingestions show. `files` are the pictures of the folder by path in the
    collection; no other file is opened.
    """
    ready = [it.version_id for it in ingestions if it.state == IngestionState.READY and it.version_id]
    for start in range(0, len(ready) if files else 0, VERSIONS_AT_ONCE):
        shown = DocumentPicture.objects.filter(
            version__in=ready[start : start + VERSIONS_AT_ONCE]
        ).select_related("workspace")
        for picture in shown.iterator():
            if file := files.get(picture.path):
                _keep(picture, file)


def _keep(picture: DocumentPicture, file: Path) -> None:
    try:
        if file.stat().st_size > upload_config().max_picture_bytes:
            _leave_out(picture, PictureFault.LARGE)
            return
        with file.open("rb") as content:
            sha256, _ = digest_of(content)
            if sha256 != picture.original_sha256:
                _keep_content(picture, file, content, sha256)
    except OSError as error:
        logger.info("a picture cannot be read: %s", type(error).__name__)


def _keep_content(picture: DocumentPicture, file: Path, content: IO[bytes], sha256: str) -> None:
    """The digest of a picture that is left out is kept too, so that it is not tried again until it changes."""
    if fault := _fault_of(file):
        _leave_out(picture, fault, sha256)
        return
    try:
        _store(picture, content)
    except AppError as error:
        if error.code not in _NO_SPACE:
            raise
        _leave_out(picture, PictureFault.NO_ROOM)


def _fault_of(file: Path) -> PictureFault | None:
    """Draws the picture once, in the reading process."""
    try:
        thread_reader().figure(file, "", "")
    except ParseError as error:
        return PictureFault.LARGE if error.code in _TOO_LARGE else PictureFault.DAMAGED
    return None


def _store(picture: DocumentPicture, content: IO[bytes]) -> None:
    """Raises AppError if there is not enough space."""
    original = store_original(picture.workspace, content)
    with ExitStack() as unless_it_is_kept:
        unless_it_is_kept.callback(discard_after_failure, picture.workspace, original)
        _refer(picture, original)
        unless_it_is_kept.pop_all()
    # Those that no row refers to: the one before, or the new one if the version was deleted meanwhile.
    discard_originals(picture.workspace, {picture.original, original.name} - {""})


@transaction.atomic
def _refer(picture: DocumentPicture, original: Original) -> None:
    """Under the lock, so that files kept at the same time count each other."""
    lock_originals(picture.workspace)
    check_quota(picture.workspace, original.size)
    DocumentPicture.objects.filter(pk=picture.pk).update(
        original=original.name, original_sha256=original.sha256, original_bytes=original.size, fault=""
    )


def _leave_out(picture: DocumentPicture, fault: PictureFault, sha256: str = "") -> None:
    DocumentPicture.objects.filter(pk=picture.pk).update(
        original="", original_sha256=sha256, original_bytes=0, fault=fault.value
    )
    discard_originals(picture.workspace, {picture.original} - {""})
