"""Which files a command line means, and under which path each goes into the collection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _


class NoSuchPath(Exception):
    """Neither a file nor a folder."""


@dataclass(frozen=True)
class SourceFile:
    """`path` is relative to the folder that was named, or the bare name of a file that was."""

    file: Path
    path: str


def find_files(named: Sequence[str]) -> list[SourceFile]:
    """Sorted within each folder; hidden files and folders are left out. Raises NoSuchPath."""
    return [found for name in named for found in _found(Path(name))]


def _found(path: Path) -> Iterator[SourceFile]:
    if path.is_file():
        yield SourceFile(path, path.name)
    elif path.is_dir():
        for file in sorted(path.rglob("*")):
            inside = file.relative_to(path)
            if file.is_file() and not any(part.startswith(".") for part in inside.parts):
                yield SourceFile(file, inside.as_posix())
    else:
        raise NoSuchPath(_("There is no file or folder %(path)s.") % {"path": path})
