"""File storage that survives a crash: a name either holds the whole file or does not exist."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import FileSystemStorage

from apps.common.models import new_uid


class DurableFileStorage(FileSystemStorage):
    """Writes beside the name, syncs to the disk, then renames."""

    def save(self, name: str | None, content: IO[Any], max_length: int | None = None) -> str:
        chosen = self.get_available_name(str(name), max_length)
        part = super().save(f"{chosen}.{new_uid().hex}.part", content)
        source, target = Path(self.path(part)), Path(self.path(chosen))
        _sync(source)
        source.replace(target)
        _sync_folder(target.parent)
        return chosen


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # has no way to open a folder
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
