"""Cuts a document's layout into parts of bounded size, so that a page loads one part and not the whole document.

Runs in the reading process: standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from apps.knowledge.documents.parsed_document import Block, BlockKind, Link, ParsedDocument

PART_CHARS = 40_000
PART_WEIGHT = 600  # blocks, and a quarter of a block for each cell and each link: what a page has to render
LONGEST_BLOCK = 20_000  # characters; a longer block is shown as several
OUTLINE_LEVELS = 3
OUTLINE_ENTRIES = 500
_QUARTER = 0.25


@dataclass(frozen=True)
class Part:
    """Blocks that are shown together: text[start:end] holds them. `first_block` is the number of the first one."""

    start: int
    end: int
    first_block: int
    blocks: tuple[Block, ...]
    links: tuple[Link, ...]


class OutlineEntry(NamedTuple):
    """A heading: its level (1 to 6), its block's number and its part's, both counted from 0."""

    text: str
    level: int
    block: int
    part: int


def cut_into_parts(document: ParsedDocument) -> list[Part]:
    """Parts in order, at least one. Together they hold every block, and every link once."""
    parts, first_block = [], 0
    links = iter(sorted(document.links, key=lambda link: link.start))
    waiting = next(links, None)
    for blocks in _grouped(_short(document.blocks), [link.start for link in document.links]):
        end = blocks[-1].end
        own = []
        while waiting is not None and waiting.start < end:
            own.append(waiting)
            waiting = next(links, None)
        parts.append(Part(blocks[0].start, end, first_block, tuple(blocks), tuple(own)))
        first_block += len(blocks)
    return parts


def outline_of(text: str, parts: Sequence[Part]) -> list[OutlineEntry]:
    """The upper levels of headings: as many levels as give OUTLINE_ENTRIES at most, and never more entries."""
    headings = [
        OutlineEntry(_title(text, block), block.level, part.first_block + place, number)
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


def _title(text: str, block: Block) -> str:
    return " ".join(text[block.start : block.end].split())[:200]


def _grouped(blocks: Iterable[Block], link_starts: Sequence[int]) -> Iterator[list[Block]]:
    starts = iter(sorted(link_starts))
    start = next(starts, None)
    group: list[Block] = []
    weight = 0.0
    for block in blocks:
        links = 0
        while start is not None and start < block.end:
            links += 1
            start = next(starts, None)
        own = 1 + _QUARTER * (len(block.cells) + links)
        if group and (weight + own > PART_WEIGHT or block.end - group[0].start > PART_CHARS):
            yield group
            group, weight = [], 0.0
        group.append(block)
        weight += own
    if group:
        yield group


def _short(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks as they are; those too long to be shown at once in slices. A sliced table row loses its cells."""
    for block in blocks:
        if block.end - block.start <= LONGEST_BLOCK:
            yield block
            continue
        kind = BlockKind.PARAGRAPH if block.cells else block.kind
        for start in range(block.start, block.end, LONGEST_BLOCK):
            end = min(start + LONGEST_BLOCK, block.end)
            yield replace(block, kind=kind, start=start, end=end, cells=())
