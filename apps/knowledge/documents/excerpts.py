"""Parts of a version as they are read for a page: a stretch of its text with blocks and links."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from apps.knowledge.documents.layout import DocumentLayout, layout_from_json, part_from_json
from apps.knowledge.documents.parsed_document import Block, Link
from apps.knowledge.models import DocumentPart, DocumentVersion

NumberedBlock = tuple[int, Block]
MOST_PARTS = 4  # read at once, whatever is asked for


@dataclass(frozen=True)
class Excerpt:
    """text[start:end] of a version. Blocks carry their number in the version; links are in order, none overlap."""

    start: int
    text: str
    blocks: tuple[NumberedBlock, ...]
    links: tuple[Link, ...]
    layout: DocumentLayout

    def words(self, start: int, end: int) -> str:
        """Offsets count in the version's text."""
        return self.text[start - self.start : end - self.start]

    def links_between(self, start: int, end: int) -> Sequence[Link]:
        first = bisect_left(self.links, start, key=lambda link: link.end)
        last = bisect_left(self.links, end, key=lambda link: link.start)
        return [link for link in self.links[first:last] if link.end > start]


def part_excerpt(version: DocumentVersion, number: int) -> Excerpt:
    """One part of a version, counted from 0; one query."""
    return _excerpt(version, list(version.parts.filter(number=number)))


def excerpt_between(version: DocumentVersion, start: int, end: int) -> Excerpt:
    """The parts that hold the stretch, MOST_PARTS at most; one query."""
    return _excerpt(
        version, list(version.parts.filter(start__lt=end, end__gt=start).order_by("number")[:MOST_PARTS])
    )


def first_parts(version: DocumentVersion, count: int) -> Excerpt:
    """The beginning of a version; one query."""
    return _excerpt(version, list(version.parts.order_by("number")[:count]))


def _excerpt(version: DocumentVersion, rows: Sequence[DocumentPart]) -> Excerpt:
    parts = [part_from_json(row.start, row.end, row.first_block, row.layout) for row in rows]
    numbered = [
        (part.first_block + place, block) for part in parts for place, block in enumerate(part.blocks)
    ]
    links = [link for part in parts for link in part.links]
    start = rows[0].start if rows else 0
    return Excerpt(
        start, _joined(rows), tuple(numbered), tuple(_apart(links)), layout_from_json(version.layout)
    )


def _joined(rows: Sequence[DocumentPart]) -> str:
    """Between two parts stand line ends only; as many characters keep the offsets right."""
    text = ""
    for row in rows:
        gap = row.start - rows[0].start - len(text)
        text += "\n" * gap + row.text
    return text


def _apart(links: Sequence[Link]) -> list[Link]:
    """In order, without those that begin inside of another."""
    kept: list[Link] = []
    for link in sorted(links, key=lambda link: (link.start, link.end)):
        if not kept or link.start >= kept[-1].end:
            kept.append(link)
    return kept
