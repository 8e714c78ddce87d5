"""Walks a folder and tells documents from what is left out. Symbolic links are not followed out of the folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from apps.knowledge.ingestion.file_kinds import Kind, kind_of_file, kind_of_folder
from apps.knowledge.ingestion.ignore_rules import IGNORE_FILE, IgnoreRules


@dataclass(frozen=True)
class SkippedFile:
    """`path` is relative to the folder; that of a folder ends with a slash and stands for its content."""

    path: str
    kind: Kind


class FolderWalk:
    """`files` and `unlisted` (folders whose content cannot be listed) are paths below the folder."""

    def __init__(self, folder: Path) -> None:
        self.files: list[PurePosixPath] = []
        self.unlisted: list[PurePosixPath] = []
        self.skipped: list[SkippedFile] = []
        self._folder = folder
        self._real = os.path.realpath(folder)
        self._rules = IgnoreRules()

    def run(self) -> None:
        """Raises BadIgnoreFile."""
        for place, folders, names in os.walk(self._folder, onerror=self._add_unlisted):
            inside = self._inside(place)
            self._rules.read_folder(Path(place), inside)
            folders[:] = [name for name in folders if self._enters(inside / name)]
            for name in names:
                self._add(inside / name)

    def pictures(self) -> Iterator[PurePosixPath]:
        """Picture files that are neither hidden nor ignored and do not lead out of the folder."""
        for skipped in self.skipped:
            if skipped.kind is Kind.IMAGE and self._leads_inside(self._folder / skipped.path):
                yield PurePosixPath(skipped.path)

    def _inside(self, place: str) -> PurePosixPath:
        return PurePosixPath(Path(place).relative_to(self._folder).as_posix())

    def _add_unlisted(self, error: OSError) -> None:
        self.unlisted.append(self._inside(error.filename))

    def _enters(self, inside: PurePosixPath) -> bool:
        kind = kind_of_folder(inside.name)
        if kind is None and (self._folder / inside).is_symlink():
            kind = Kind.LINK
        elif kind is None and self._rules.ignores(inside, is_folder=True):
            kind = Kind.IGNORED
        if kind is not None:
            self.skipped.append(SkippedFile(f"{inside}/", kind))
        return kind is None

    def _add(self, inside: PurePosixPath) -> None:
        if inside.name == IGNORE_FILE:
            return
        kind = kind_of_file(inside.name)
        if kind not in (Kind.HIDDEN, Kind.SYSTEM, Kind.LOCK):
            kind = Kind.IGNORED if self._rules.ignores(inside) else kind or self._kind_on_disk(inside)
        if kind is None:
            self.files.append(inside)
        else:
            self.skipped.append(SkippedFile(str(inside), kind))

    def _kind_on_disk(self, inside: PurePosixPath) -> Kind | None:
        """Of a file with the name of a document."""
        path = self._folder / inside
        try:
            if path.is_symlink() and not self._leads_inside(path):
                return Kind.LINK
            return None if path.is_file() else Kind.OTHER
        except OSError:  # its type cannot be read: loading it fails and reports it
            return None

    def _leads_inside(self, link: Path) -> bool:
        real = os.path.realpath(link)
        return os.path.isfile(real) and Path(real).is_relative_to(self._real)
