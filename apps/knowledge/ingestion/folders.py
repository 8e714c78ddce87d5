"""Finds the files that a command line names, and the path of each in the collection."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from apps.common.errors import AppError
from apps.knowledge.documents.originals import Unreadable
from apps.knowledge.ingestion.paths import clean_path


class NoSuchPath(Exception):
    """A name is neither a file nor a folder, or is a folder without files."""


class SamePath(Exception):
    """Two files would have the same path in the collection, and the second would replace the first."""


@dataclass(frozen=True)
class SourceFile:
    """`path` is relative to the named folder; for a named file it is only the file's name."""

    file: Path
    path: str

    def open(self) -> BinaryIO:
        """Raises Unreadable."""
        try:
            return self.file.open("rb")
        except OSError as error:
            raise Unreadable(str(error)) from error


def find_files(named: Sequence[str]) -> list[SourceFile]:
    """Sorted within each folder, each file once; hidden files and folders are left out.

    Raises NoSuchPath and SamePath.
    """
    places: dict[str, SourceFile] = {}
    for source in (found for name in named for found in _found(Path(name))):
        other = places.setdefault(_place(source), source)
        if other is not source and source.file.resolve() != other.file.resolve():
            message = _(
                "%(first)s and %(second)s would both be %(path)s in the collection. Load them into two collections, or "
                "name the folder that contains both."
            )
            raise SamePath(message % {"first": other.file, "second": source.file, "path": other.path})
    return list(places.values())


def _place(source: SourceFile) -> str:
    """The path in the collection. An invalid path is refused later, together with its file only."""
    try:
        return clean_path(source.path)
    except AppError:
        return source.path


def _found(path: Path) -> list[SourceFile]:
    if path.is_file():
        return [SourceFile(path, path.name)]
    if not path.is_dir():
        raise NoSuchPath(_("There is no file or folder %(path)s.") % {"path": path})
    if found := list(_below(path)):
        return found
    raise NoSuchPath(
        _("There is no file in %(path)s, not counting hidden ones. Name a folder with files.")
        % {"path": path}
    )


def _below(folder: Path) -> Iterator[SourceFile]:
    for file in sorted(_walked(folder)):
        inside = file.relative_to(folder)
        if not any(part.startswith(".") for part in inside.parts):
            yield SourceFile(file, inside.as_posix() if inside.parts else folder.name)


def _walked(folder: Path) -> Iterator[Path]:
    """Files, and folders that cannot be listed. Opening such a folder fails later and reports it."""
    unlisted: list[OSError] = []
    for place, _folders, names in os.walk(folder, onerror=unlisted.append):
        yield from filter(_may_be_file, (Path(place, name) for name in names))
    yield from (Path(error.filename) for error in unlisted)


def _may_be_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # its type cannot be read
        return True
