"""Cuts the layout of a document into parts of limited size, so that a page loads one part and not the whole document.

The reading process uses this module, so it imports the standard library only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

from apps.knowledge.documents.parsed_document import (
    Block,
    BlockKind,
    Figure,
    Link,
    ParsedDocument,
    PlacedLine,
    Style,
)

PART_CHARS = 40_000
PART_WEIGHT = 600  # blocks, and half a block for each cell, link and style: what a page has to render
LONGEST_BLOCK = 20_000  # characters; a longer block is shown as several
MOST_SPOTS = 1_000  # links and styles of a block, which is shown as several if it has more, or cells of a row
OUTLINE_LEVELS = 3
OUTLINE_ENTRIES = 500
_HALF = 0.5


@dataclass(frozen=True)
class Part:
    """Blocks that are shown together; text[start:end] contains them. `first_block` is the number of the first one."""

    start: int
    end: int
    first_block: int
    blocks: tuple[Block, ...]
    links: tuple[Link, ...]
    styles: tuple[Style, ...] = ()
    lines: tuple[PlacedLine, ...] = ()
    figures: tuple[Figure, ...] = ()


Spot = TypeVar("Spot", Link, Style, PlacedLine, Figure)


class _Queue(Generic[Spot]):
    """Links, styles, lines of pages or pictures in the order of their starts."""

    def __init__(self, spots: Iterable[Spot]) -> None:
        self._waiting: deque[Spot] = deque(sorted(spots, key=lambda spot: spot.start))

    def before(self, end: int) -> Iterator[Spot]:
        """Takes those that start before the offset."""
        while self._waiting and self._waiting[0].start < end:
            yield self._waiting.popleft()


class OutlineEntry(NamedTuple):
    """A heading: its level (1 to 6), and the numbers of its block and its part, both counted from 0."""

    text: str
    level: int
    block: int
    part: int


def cut_into_parts(document: ParsedDocument) -> list[Part]:
    """Parts in order, at least one. Together they hold every block, and every link, style, line and picture once."""
    parts, first_block = [], 0
    links, styles, lines = _Queue(document.links), _Queue(document.styles), _Queue(document.lines)
    figures = _Queue(document.figures)
    starts = sorted([*(it.start for it in document.links), *(it.start for it in document.styles)])
    for blocks in _grouped(_short(document.blocks, starts), starts):
        end = blocks[-1].end
        own = tuple(links.before(end)), tuple(styles.before(end)), tuple(lines.before(end))
        parts.append(
            Part(blocks[0].start, end, first_block, tuple(blocks), *own, figures=tuple(figures.before(end)))
        )
        first_block += len(blocks)
    return parts


def outline_of(text: str, parts: Sequence[Part]) -> list[OutlineEntry]:
    """The upper levels of headings: as many levels as fit into OUTLINE_ENTRIES entries."""
    headings = [
        OutlineEntry(
            heading_text(text[block.start : block.end]), block.level, part.first_block + place, number
        )
        for number, part in enumerate(parts)
        for place, block in enumerate(part.blocks)
        if block.kind is BlockKind.HEADING
    ]
    top = min((entry.level for entry in headings), default=1)
    shown: list[OutlineEntry] = []
    for depth in range(OUTLINE_LEVELS, 0, -1):
        shown = [entry for entry in headings if entry.level < top + depth]
        if len(shown) <= OUTLINE_ENTRIES:
            break
    return shown[:OUTLINE_ENTRIES]


def heading_text(text: str) -> str:
    """A heading as the outline has it: in one line, cut if it is long."""
    return " ".join(text.split())[:200]


def _grouped(blocks: Iterable[Block], spot_starts: Sequence[int]) -> Iterator[list[Block]]:
    starts = iter(spot_starts)
    start = next(starts, None)
    group: list[Block] = []
    weight = 0.0
    for block in blocks:
        spots = 0
        while start is not None and start < block.end:
            spots += 1
            start = next(starts, None)
        own = 1 + _HALF * (len(block.cells) + spots)
        if group and (weight + own > PART_WEIGHT or block.end - group[0].start > PART_CHARS):
            yield group
            group, weight = [], 0.0
        group.append(block)
        weight += own
    if group:
        yield group


def _short(blocks: Iterable[Block], spot_starts: Sequence[int]) -> Iterator[Block]:
    """Blocks as they are; those too long to be shown at once in slices. A sliced table row loses its cells."""
    for block in blocks:
        cuts = _cuts(block, spot_starts)
        if len(cuts) <= 2 and len(block.cells) <= MOST_SPOTS:
            yield block
            continue
        kind = BlockKind.PARAGRAPH if block.cells else block.kind
        for start, end in pairwise(cuts):
            label = block.label if start == block.start else 0
            yield replace(block, kind=kind, start=start, end=end, cells=(), label=label)


def _cuts(block: Block, spot_starts: Sequence[int]) -> list[int]:
    low, high = bisect_left(spot_starts, block.start), bisect_left(spot_starts, block.end)
    crowded = spot_starts[low + MOST_SPOTS : high : MOST_SPOTS]
    return sorted({*range(block.start, block.end, LONGEST_BLOCK), *crowded, block.end})
