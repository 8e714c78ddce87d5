from __future__ import annotations

from itertools import pairwise

from apps.knowledge.documents.parsed_document import Block, BlockKind, Cell, Link, ParsedDocument
from apps.knowledge.documents.parts import (
    LONGEST_BLOCK,
    OUTLINE_ENTRIES,
    PART_CHARS,
    PART_WEIGHT,
    cut_into_parts,
    outline_of,
)


def document(*blocks: Block, links: tuple[Link, ...] = ()) -> ParsedDocument:
    return ParsedDocument("x" * blocks[-1].end, "Title", blocks, "text/plain", links=links)


def paragraphs(count: int, length: int) -> list[Block]:
    return [Block(BlockKind.PARAGRAPH, n * (length + 2), n * (length + 2) + length) for n in range(count)]


def test_parts_hold_every_block_in_order_and_are_short() -> None:
    blocks = paragraphs(2_000, 100)
    parts = cut_into_parts(document(*blocks))
    assert [block for part in parts for block in part.blocks] == blocks
    assert [part.first_block for part in parts] == [
        sum(len(before.blocks) for before in parts[:number]) for number in range(len(parts))
    ]
    assert all(part.end - part.start <= PART_CHARS and len(part.blocks) <= PART_WEIGHT for part in parts)


def test_a_block_that_is_too_long_is_shown_in_slices_that_lose_nothing() -> None:
    row = Block(BlockKind.TABLE_ROW, 0, 5 * LONGEST_BLOCK + 7, cells=(Cell(0, 10),))
    parts = cut_into_parts(document(row))
    slices = [block for part in parts for block in part.blocks]
    assert [(block.start, block.end) for block in slices][:2] == [
        (0, LONGEST_BLOCK),
        (LONGEST_BLOCK, 2 * LONGEST_BLOCK),
    ]
    assert slices[-1].end == row.end
    assert all(before.end == after.start for before, after in pairwise(slices))


def test_links_and_cells_make_a_part_heavier() -> None:
    blocks = paragraphs(100, 100)
    links = tuple(Link(block.start, block.start + 1, f"{n}") for block in blocks for n in range(100))
    parts = cut_into_parts(document(*blocks, links=links))
    assert [link for part in parts for link in part.links] == list(links)
    assert max(len(part.links) for part in parts) <= 4 * PART_WEIGHT


def test_the_outline_names_upper_headings_and_their_part() -> None:
    headings = [Block(BlockKind.HEADING, n * 10, n * 10 + 5, level) for n, level in enumerate((2, 3, 4, 5))]
    found = document(*headings)
    outline = outline_of(found.text, cut_into_parts(found))
    assert [(entry.level, entry.block, entry.part) for entry in outline] == [(2, 0, 0), (3, 1, 0), (4, 2, 0)]


def test_an_outline_that_would_be_endless_names_fewer_levels() -> None:
    levels = [1 if n % 10 == 0 else 2 for n in range(3_000)]
    headings = [Block(BlockKind.HEADING, n * 10, n * 10 + 5, level) for n, level in enumerate(levels)]
    found = document(*headings)
    outline = outline_of(found.text, cut_into_parts(found))
    assert {entry.level for entry in outline} == {1}
    flat = document(*(Block(BlockKind.HEADING, n * 10, n * 10 + 5, 1) for n in range(3_000)))
    assert len(outline_of(flat.text, cut_into_parts(flat))) == OUTLINE_ENTRIES
