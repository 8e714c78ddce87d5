"""Decides which pictures of a document are shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from apps.knowledge.documents.links import path_of_target
from apps.knowledge.documents.parsed_document import (
    PICTURES_LEFT_OUT,
    Figure,
    ParsedDocument,
    PictureFault,
)
from apps.knowledge.documents.vector_formats import is_vector_file

SMALLEST = 16  # pixels: smaller pictures are spacers, bullets and counters of visitors


class PictureLimits(Protocol):
    """The largest number of pictures in a document, and of bytes and pixels of each."""

    @property
    def pictures(self) -> int: ...
    @property
    def picture_bytes(self) -> int: ...
    @property
    def picture_pixels(self) -> int: ...


def with_shown_figures(document: ParsedDocument, path: str, limits: PictureLimits) -> ParsedDocument:
    """Without pictures that only decorate and those beyond the largest number. The metadata counts what is left out."""
    own = {key: value for key, value in document.metadata.items() if key != PICTURES_LEFT_OUT}
    if not document.figures:
        return replace(document, metadata=own)
    found = list(_judged(document.figures, path, limits))
    figures = tuple(found[: limits.pictures])
    faults = sum(figure.fault not in (None, PictureFault.ELSEWHERE) for figure in figures)
    left_out = len(found) - len(figures) + faults
    counted = {PICTURES_LEFT_OUT: str(left_out), **own} if left_out else own
    return replace(document, figures=figures, metadata=counted)


def _judged(figures: tuple[Figure, ...], path: str, limits: PictureLimits) -> Iterator[Figure]:
    for figure in figures:
        if 0 < min(figure.width, figure.height) < SMALLEST:
            continue
        judged = _limited(_placed(figure, path), limits)
        is_of_other_file = figure.source.startswith("file:") and not judged.source
        if judged.alt or judged.has_caption or not is_of_other_file:
            yield judged


def _placed(figure: Figure, path: str) -> Figure:
    """A picture in another file, with its path in the collection."""
    kind, _, target = figure.source.partition(":")
    if kind != "file":
        return figure
    place = path_of_target(path, target)
    if not place:
        return replace(figure, source="", fault=PictureFault.ELSEWHERE)
    if is_vector_file(place):
        return replace(figure, source="", fault=PictureFault.FORMAT)
    return replace(figure, source=f"file:{place}")


def _limited(figure: Figure, limits: PictureLimits) -> Figure:
    is_large = figure.size > limits.picture_bytes or figure.width * figure.height > limits.picture_pixels
    return replace(figure, fault=PictureFault.LARGE) if is_large else figure
