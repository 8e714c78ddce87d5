"""Finds the files that a command line names, and the path of each in the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from apps.common.errors import AppError
from apps.knowledge.documents.originals import Unreadable
from apps.knowledge.ingestion.folder_walk import FolderWalk, SkippedFile
from apps.knowledge.ingestion.paths import clean_path


class NoSuchPath(Exception):
    """A name is neither a file nor a folder, or is a folder without documents."""


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

    @property
    def place(self) -> str:
        """The path in the collection. An invalid path is refused later, together with its file only."""
        try:
            return clean_path(self.path)
        except AppError:
            return self.path


@dataclass(frozen=True)
class FoundFiles:
    """`unlisted` are paths of folders whose content is not known; "" is a named folder. They are among `files`, too,
    because loading them fails and reports them. `pictures` are files by path in the collection, which documents of the
    folder may show.
    """

    files: Sequence[SourceFile]
    skipped: Sequence[SkippedFile] = ()
    unlisted: Sequence[str] = ()
    pictures: Mapping[str, Path] = field(default_factory=dict)


def find_files(named: Sequence[str], *, may_be_empty: bool = False) -> FoundFiles:
    """The documents, sorted within each folder, each file once. A file that is named is never skipped.

    Raises NoSuchPath (also for a folder without documents, unless it may be empty), SamePath and BadIgnoreFile.
    """
    found = [_found(Path(name), may_be_empty) for name in named]
    return FoundFiles(
        files=_once(source for part in found for source in part.files),
        skipped=[skipped for part in found for skipped in part.skipped],
        unlisted=[path for part in found for path in part.unlisted],
        pictures={path: file for part in reversed(found) for path, file in part.pictures.items()},
    )


def _once(sources: Iterator[SourceFile]) -> list[SourceFile]:
    places: dict[str, SourceFile] = {}
    for source in sources:
        other = places.setdefault(source.place, source)
        if other is not source and source.file.resolve() != other.file.resolve():
            message = _(
                "%(first)s and %(second)s would both be %(path)s in the collection. Load them into two collections, or "
                "name the folder that contains both."
            )
            raise SamePath(message % {"first": other.file, "second": source.file, "path": other.path})
    return list(places.values())


def _found(path: Path, may_be_empty: bool) -> FoundFiles:
    if path.is_file():
        return FoundFiles([SourceFile(path, path.name)])
    if not path.is_dir():
        raise NoSuchPath(_("There is no file or folder %(path)s.") % {"path": path})
    found = _below(path)
    if found.files or may_be_empty:
        return found
    raise NoSuchPath(
        _("There is no file in %(path)s that may be a document. Name a folder with documents.")
        % {"path": path}
    )


def _below(folder: Path) -> FoundFiles:
    walk = FolderWalk(folder)
    walk.run()
    files = sorted([*walk.files, *walk.unlisted])
    return FoundFiles(
        [SourceFile(folder / path, path.as_posix() if path.parts else folder.name) for path in files],
        sorted(walk.skipped, key=lambda skipped: skipped.path),
        [path.as_posix() if path.parts else "" for path in walk.unlisted],
        {SourceFile(folder / path, str(path)).place: folder / path for path in walk.pictures()},
    )
