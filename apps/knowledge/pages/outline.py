"""A long document in parts that load fast, and its table of contents. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.knowledge.documents.layout import Layout
from apps.knowledge.pages.rendering import Numbered, numbered
from apps.knowledge.parsing.document import BlockKind

PART_CHARS = 40_000
LEVELS = 3

Part = list[Numbered]


@dataclass(frozen=True)
class Entry:
    """A line of the table of contents; `level` and `part` count from 1."""

    text: str
    level: int
    anchor: str
    part: int


def parts_of(layout: Layout) -> list[Part]:
    """At least one, cut between blocks."""
    parts: list[Part] = [[]]
    for number, block in numbered(layout):
        if parts[-1] and block.end - parts[-1][0][1].start > PART_CHARS:
            parts.append([])
        parts[-1].append((number, block))
    return parts


def part_at(parts: Sequence[Part], offset: int) -> int:
    """The 1-based part that holds an offset."""
    return max(1, sum(bool(part) and part[0][1].start <= offset for part in parts))


def contents_of(text: str, parts: Sequence[Part]) -> list[Entry]:
    """The upper levels of headings."""
    headings = [
        (part, number, block)
        for part, blocks in enumerate(parts, start=1)
        for number, block in blocks
        if block.kind == BlockKind.HEADING
    ]
    top = min((block.level for _, _, block in headings), default=1)
    return [
        Entry(text[block.start : block.end], block.level - top + 1, f"b{number}", part)
        for part, number, block in headings
        if block.level < top + LEVELS
    ]
