from __future__ import annotations

from itertools import pairwise

from apps.knowledge.documents.layout import Layout
from apps.knowledge.pages.outline import PART_CHARS, contents_of, part_at, parts_of
from apps.knowledge.pages.rendering import (
    DocumentRenderer,
    Item,
    ItemList,
    RenderedBlock,
    Run,
    TextRange,
    around,
    numbered,
)
from apps.knowledge.parsing.document import Block, BlockKind, Cell, Link

TEXT = "Leave\nYou get 25 days.\none\ntwo\ndeep\nlast"


def place(words: str) -> TextRange:
    start = TEXT.index(words)
    return TextRange(start, start + len(words))


def block(kind: BlockKind, words: str, level: int = 0, ordinal: int = 0) -> Block:
    span = place(words)
    return Block(kind, span.start, span.end, level, ordinal=ordinal)


def pieces(layout: Layout, mark: TextRange | None = None) -> list[RenderedBlock]:
    renderer = DocumentRenderer(TEXT, layout, mark, {"x.md": "/documents/x/"})
    return renderer.render(numbered(layout), top=2)


def blocks(*shown: Block) -> Layout:
    return Layout(shown, (), ())


HEADING = block(BlockKind.HEADING, "Leave", 1)
PARAGRAPH = block(BlockKind.PARAGRAPH, "You get 25 days.")


def test_a_heading_and_a_paragraph() -> None:
    heading, paragraph = pieces(blocks(HEADING, PARAGRAPH))
    assert (heading.kind, heading.level, heading.anchor) == ("heading", 2, "b0")
    assert (paragraph.kind, paragraph.runs) == ("paragraph", (Run("You get 25 days."),))


def test_the_mark_cuts_the_text_and_loses_nothing() -> None:
    (paragraph,) = pieces(blocks(PARAGRAPH), place("25 days"))
    assert paragraph.runs == (Run("You get "), Run("25 days", marked=True, is_first=True), Run("."))


def test_a_mark_over_two_blocks_begins_once() -> None:
    shown = pieces(blocks(HEADING, PARAGRAPH), TextRange(0, len(TEXT)))
    runs = [run for piece in shown for run in piece.runs]
    assert [(run.marked, run.is_first) for run in runs] == [(True, True), (True, False)]


def test_a_link_known_to_lead_somewhere_is_one() -> None:
    span = place("25 days")
    known, unknown = Link(span.start, span.end, "x.md"), Link(0, 5, "y.md")
    heading, paragraph = pieces(Layout((HEADING, PARAGRAPH), (), (known, unknown)))
    assert heading.runs == (Run("Leave"),)
    assert paragraph.runs[1] == Run("25 days", href="/documents/x/")


def test_deeper_items_hang_below_the_one_before() -> None:
    items = [
        block(BlockKind.LIST_ITEM, words, level, 3) for words, level in (("one", 0), ("deep", 1), ("last", 0))
    ]
    (piece,) = pieces(blocks(*items))
    assert piece.items
    assert piece.items.first == 3
    assert [item.runs[0].text for item in piece.items.items] == ["one", "last"]
    assert piece.items.items[0].below == ItemList(3, (Item((Run("deep"),)),))


def test_bullets_and_numbers_are_two_lists() -> None:
    bullet, number = block(BlockKind.LIST_ITEM, "one"), block(BlockKind.LIST_ITEM, "two", 0, 1)
    assert [piece.items.first for piece in pieces(blocks(bullet, number)) if piece.items] == [0, 1]


def row(words: str, *, head: bool) -> Block:
    span = place(words)
    return Block(
        BlockKind.TABLE_ROW, span.start, span.end, cells=(Cell(span.start, span.end, is_header=head),)
    )


def test_a_row_of_headers_begins_another_table() -> None:
    shown = pieces(blocks(row("one", head=True), row("two", head=False), row("deep", head=True)))
    assert [len(piece.rows) for piece in shown] == [2, 1]
    assert shown[0].rows[0][0].is_header


def test_pages_are_announced_where_they_begin() -> None:
    shown = pieces(Layout((HEADING, PARAGRAPH), (0, 6), ()))
    assert [(piece.kind, piece.level) for piece in shown if piece.kind == "page_break"] == [
        ("page_break", 1),
        ("page_break", 2),
    ]


def test_headings_skip_no_level() -> None:
    words = (("Leave", 3), ("one", 1), ("two", 6), ("deep", 6), ("last", 1))
    shown = pieces(blocks(*(block(BlockKind.HEADING, text, level) for text, level in words)))
    levels = [piece.level for piece in shown]
    assert levels == [2, 2, 3, 4, 2]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_around_keeps_what_is_near() -> None:
    layout = blocks(HEADING, PARAGRAPH, block(BlockKind.PARAGRAPH, "last"))
    assert [number for number, _ in around(layout, place("You"), before=1, after=1)] == [1]
    assert [number for number, _ in around(layout, place("You"), before=9, after=99)] == [0, 1, 2]


def test_a_long_document_comes_in_parts() -> None:
    long = Layout(tuple(Block(BlockKind.PARAGRAPH, n * 30_000, (n + 1) * 30_000) for n in range(3)), (), ())
    parts = parts_of(long)
    assert [len(part) for part in parts] == [1, 1, 1]
    assert part_at(parts, 0) == 1
    assert part_at(parts, PART_CHARS + 30_000) == 3
    assert parts_of(blocks()) == [[]]


def test_contents_name_the_upper_headings_and_their_part() -> None:
    layout = blocks(
        block(BlockKind.HEADING, "Leave", 2),
        block(BlockKind.HEADING, "deep", 5),
        block(BlockKind.HEADING, "last", 3),
    )
    entries = contents_of(TEXT, parts_of(layout))
    assert [(entry.text, entry.level, entry.anchor, entry.part) for entry in entries] == [
        ("Leave", 1, "b0", 1),
        ("last", 2, "b2", 1),
    ]
