"""File storage that survives a crash and a full disk: a name either holds the whole file or does not exist."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Any

from django.core.files import File, locks
from django.core.files.storage import FileSystemStorage

from apps.common.models import new_uid

PART = ".part"
CAN_RENAME_OPEN_FILES = os.name != "nt"


class DurableFileStorage(FileSystemStorage):
    """Writes beside the name, syncs to the disk, then renames. A file on the same disk is renamed as it is."""

    def save(self, name: str | None, content: IO[Any], max_length: int | None = None) -> str:
        chosen = self.get_available_name(str(name), max_length)
        target = Path(self.path(chosen))
        target.parent.mkdir(parents=True, exist_ok=True)
        if not self._moved(content, target):
            self._copy(content, target)
        _sync_folder(target.parent)
        return chosen

    def _moved(self, content: IO[Any], target: Path) -> bool:
        """Take over the temporary file of an upload, if there is one on this disk."""
        source = getattr(content, "temporary_file_path", None)
        if source is None:
            return False
        path = Path(source())
        if path.stat().st_dev != target.parent.stat().st_dev:
            return False
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        self._permit(path)
        path.replace(target)
        return True

    def _copy(self, content: IO[Any], target: Path) -> None:
        part = target.with_name(f"{target.name}.{new_uid().hex}{PART}")
        try:
            with part.open("xb") as file:
                locks.lock(file, locks.LOCK_EX)  # as long as it is held, somebody writes here
                for chunk in (content if isinstance(content, File) else File(content)).chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
                self._permit(part)
                if CAN_RENAME_OPEN_FILES:
                    part.replace(target)
            if not CAN_RENAME_OPEN_FILES:
                part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def _permit(self, path: Path) -> None:
        if self.file_permissions_mode is not None:
            path.chmod(self.file_permissions_mode)

    def remove_leftovers(self) -> int:
        """Remove what a killed process left half written; how many files that were."""
        parts = list(Path(self.location).rglob(f"*{PART}"))
        return sum(_remove_if_abandoned(part) for part in parts)


def _remove_if_abandoned(part: Path) -> bool:
    try:
        with part.open("rb+") as file:
            if not locks.lock(file, locks.LOCK_EX | locks.LOCK_NB):
                return False
            if CAN_RENAME_OPEN_FILES:
                part.unlink()
        if not CAN_RENAME_OPEN_FILES:
            part.unlink()
    except OSError:  # its writer has just finished, or still has it open
        return False
    return True


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # has no way to open a folder
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
