"""Originals as they were uploaded, addressed by workspace and sha256: storing one twice stores it once."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage

from apps.accounts.models import Workspace

_CHUNK = 1 << 20


class Unreadable(OSError):
    """The file that was brought cannot be read: trouble with that file, not with what stores it."""


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
    """Raises Unreadable."""
    sha256, size = _digest(file)
    name = f"{workspace.uid}/{sha256[:2]}/{sha256}"
    if not default_storage.exists(name):
        file.seek(0)
        default_storage.save(name, File(file))
    return Original(name, sha256, size)


@contextmanager
def local_original(name: str) -> Iterator[Path]:
    """The original as a file on this machine; a copy where the storage is elsewhere."""
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:  # how Django's storages say that they have no local files
        with tempfile.TemporaryDirectory() as folder:
            yield _fetched(name, Path(folder) / "original")
    else:
        yield path


def _fetched(name: str, target: Path) -> Path:
    with default_storage.open(name) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, _CHUNK)
    return target


def _digest(file: IO[bytes]) -> tuple[str, int]:
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
