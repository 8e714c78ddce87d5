"""Stores originals as they were uploaded, addressed by workspace and sha256. Equal files are stored once."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, OperationalError, transaction
from django.db.models import Model, QuerySet

from apps.accounts.models import Workspace
from apps.common.disk_space import check_reserve, disk_full_as_app_error
from apps.knowledge.documents.quota import check_quota
from apps.knowledge.models import DocumentPicture, DocumentVersion, Ingestion

logger = logging.getLogger(__name__)

_CHUNK = 1 << 20


class Unreadable(OSError):
    """The file to be stored cannot be read. It is a failure of that file and not of the storage."""


@dataclass(frozen=True)
class Original:
    """`name` is the key in file storage."""

    name: str
    sha256: str
    size: int


def size_of(file: IO[bytes]) -> int:
    """Raises Unreadable."""
    with _source():
        return file.seek(0, os.SEEK_END)


def store_original(workspace: Workspace, file: IO[bytes]) -> Original:
    """Raises Unreadable, and AppError if there is not enough space."""
    sha256, size = digest_of(file)
    name = f"{workspace.uid}/{sha256[:2]}/{sha256}"
    if not default_storage.exists(name):
        check_quota(workspace, size)
        file.seek(0)
        with disk_full_as_app_error():
            check_reserve(0 if hasattr(file, "temporary_file_path") else size)
            default_storage.save(name, file if isinstance(file, File) else File(file))
    return Original(name, sha256, size)


def is_stored(original: Original) -> bool:
    return default_storage.exists(original.name)


def discard_originals(workspace: Workspace, names: Iterable[str]) -> None:
    """Delete those of the stored originals that no row refers to."""
    with transaction.atomic():
        lock_originals(workspace)
        _delete_unreferenced(workspace, names)


@transaction.atomic
def let_go_of_originals(workspace: Workspace, rows: Iterable[QuerySet[Model]]) -> None:
    """These rows refer to no original any more, and originals that no other row refers to are deleted."""
    lock_originals(workspace)
    chosen = list(rows)
    names = {name for each in chosen for name in each.values_list("original", flat=True) if name}
    for each in chosen:
        each.update(original="", original_bytes=0)
    _delete_unreferenced(workspace, names)


def discard_after_failure(workspace: Workspace, original: Original) -> None:
    """Delete what was stored for a row that could not be written, even if the database cannot lock rows."""
    try:
        try:
            discard_originals(workspace, [original.name])
        except OperationalError:
            _delete_unreferenced(workspace, [original.name])
    except (DatabaseError, OSError):
        logger.warning("the original %s could not be removed", original.name, exc_info=True)


def lock_originals(workspace: Workspace) -> None:
    """Until the transaction ends, prevent others from deleting originals of the workspace or adding rows that refer to
    one.

    SQLite does not need it, because its write transactions exclude each other.
    """
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)


def _delete_unreferenced(workspace: Workspace, names: Iterable[str]) -> None:
    for name in names:
        rows = (
            model.objects.filter(workspace=workspace, original=name)
            for model in (DocumentVersion, Ingestion, DocumentPicture)
        )
        if not any(each.exists() for each in rows):
            default_storage.delete(name)


@contextmanager
def local_original(name: str) -> Iterator[Path]:
    """The original as a file on this machine; a copy if the storage is remote."""
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:  # raised by Django storages without local files
        with tempfile.TemporaryDirectory() as folder:
            yield _fetched(name, Path(folder) / "original")
    else:
        yield path


def _fetched(name: str, target: Path) -> Path:
    with default_storage.open(name) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, _CHUNK)
    return target


def digest_of(file: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with _source():
        file.seek(0)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


@contextmanager
def _source() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unreadable(str(error)) from error
