"""Pictures that a document shows and that are files of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from apps.knowledge.documents.parsed_document import Figure

_FILE = "file:"


def picture_path(figure: Figure) -> str:
    """The path in the collection of the file with the picture; "" if it is in the document itself or nowhere."""
    is_file = figure.source.startswith(_FILE) and not figure.fault
    return figure.source.removeprefix(_FILE) if is_file else ""


def picture_paths(figures: Iterable[Figure]) -> Iterator[str]:
    return (path for figure in figures if (path := picture_path(figure)))
