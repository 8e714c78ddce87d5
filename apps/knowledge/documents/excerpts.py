"""Reads parts of a version for a page: a section of its text with blocks and links."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet

from apps.knowledge.documents.layout import DocumentLayout, layout_from_json, part_from_json
from apps.knowledge.documents.parsed_document import Block, Figure, Link, PlacedLine, Style
from apps.knowledge.models import DocumentPart, DocumentVersion

NumberedBlock = tuple[int, Block]
MOST_PARTS = 4  # the most that are read at once


class PlacedFigure(NamedTuple):
    """A picture with the number of its part and its place in the part, both counted from 0."""

    part: int
    place: int
    figure: Figure


@dataclass(frozen=True)
class Excerpt:
    """text[start:end] of a version. Blocks carry their number in the version.

    Links, styles and figures are in order of their starts, and no links overlap.
    """

    start: int
    text: str
    blocks: tuple[NumberedBlock, ...]
    links: tuple[Link, ...]
    layout: DocumentLayout
    styles: tuple[Style, ...] = ()
    figures: tuple[PlacedFigure, ...] = ()

    def words(self, start: int, end: int) -> str:
        """The text between two offsets in the version's text."""
        return self.text[start - self.start : end - self.start]

    def links_between(self, start: int, end: int) -> Sequence[Link]:
        first = bisect_left(self.links, start, key=lambda link: link.end)
        last = bisect_left(self.links, end, key=lambda link: link.start)
        return [link for link in self.links[first:last] if link.end > start]

    def styles_between(self, start: int, end: int) -> Sequence[Style]:
        """Those that start there; a style never reaches into another block."""
        first = bisect_left(self.styles, start, key=lambda style: style.start)
        return self.styles[first : bisect_left(self.styles, end, key=lambda style: style.start)]

    def figures_between(self, start: int, end: int) -> Sequence[PlacedFigure]:
        """Those that stand after a block that begins there."""
        first = bisect_left(self.figures, start, key=lambda placed: placed.figure.start)
        return self.figures[first : bisect_left(self.figures, end, key=lambda placed: placed.figure.start)]


def part_excerpt(version: DocumentVersion, number: int) -> Excerpt:
    """One part of a version, counted from 0. Runs one query."""
    return _excerpt(version, list(_rows(version).filter(number=number)))


def excerpt_between(version: DocumentVersion, start: int, end: int) -> Excerpt:
    """The parts that contain text[start:end], at most MOST_PARTS. Runs one query."""
    return _excerpt(
        version, list(_rows(version).filter(start__lt=end, end__gt=start).order_by("number")[:MOST_PARTS])
    )


def first_parts(version: DocumentVersion, count: int) -> Excerpt:
    """The first parts of a version. Runs one query."""
    return _excerpt(version, list(_rows(version).order_by("number")[:count]))


def lines_between(version: DocumentVersion, start: int, end: int) -> list[PlacedLine]:
    """The lines of a PDF's pages that contain words of text[start:end], of at most MOST_PARTS parts. Runs one query."""
    parts = version.parts.filter(start__lt=end, end__gt=start).order_by("number")
    lines = [PlacedLine(*row) for rows in parts.values_list("lines", flat=True)[:MOST_PARTS] for row in rows]
    return [line for line in lines if line.start < end and line.end > start]


def _rows(version: DocumentVersion) -> QuerySet[DocumentPart]:
    """Without the places of lines, which only pictures of pages need."""
    return version.parts.defer("lines")


def _excerpt(version: DocumentVersion, rows: Sequence[DocumentPart]) -> Excerpt:
    parts = [part_from_json(row.start, row.end, row.first_block, row.layout) for row in rows]
    numbered = [
        (part.first_block + place, block) for part in parts for place, block in enumerate(part.blocks)
    ]
    links = [link for part in parts for link in part.links]
    start = rows[0].start if rows else 0
    styles = tuple(style for part in parts for style in part.styles)
    figures = tuple(
        PlacedFigure(row.number, place, figure)
        for row, part in zip(rows, parts, strict=True)
        for place, figure in enumerate(part.figures)
    )
    layout = layout_from_json(version.layout)
    return Excerpt(start, _joined(rows), tuple(numbered), tuple(_apart(links)), layout, styles, figures)


def _joined(rows: Sequence[DocumentPart]) -> str:
    """The joined text of the parts. Between two parts there are only line ends, which are replaced by the same
    number.
    """
    text = ""
    for row in rows:
        gap = row.start - rows[0].start - len(text)
        text += "\n" * gap + row.text
    return text


def _apart(links: Sequence[Link]) -> list[Link]:
    """The links in order, without those that begin inside another link."""
    kept: list[Link] = []
    for link in sorted(links, key=lambda link: (link.start, link.end)):
        if not kept or link.start >= kept[-1].end:
            kept.append(link)
    return kept
