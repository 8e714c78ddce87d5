from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from django.template.loader import render_to_string

from apps.knowledge.documents.excerpts import Excerpt, PlacedFigure
from apps.knowledge.documents.layout import DocumentLayout
from apps.knowledge.documents.parsed_document import Block, BlockKind, Cell, Figure, Link, Style, StyleKind
from apps.knowledge.pages.rendering import (
    DocumentRenderer,
    Item,
    ItemList,
    RenderedBlock,
    RenderedCell,
    RenderedFigure,
    Run,
    TextRange,
    around,
)

TEXT = "Leave\nYou get 25 days.\none\ntwo\ndeep\nlast"


def place(words: str) -> TextRange:
    start = TEXT.index(words)
    return TextRange(start, start + len(words))


def block(kind: BlockKind, words: str, level: int = 0, label: int = 0) -> Block:
    span = place(words)
    return Block(kind, span.start, span.end, level, label=label)


def excerpt(*blocks: Block, pages: tuple[int, ...] = (), links: tuple[Link, ...] = ()) -> Excerpt:
    return Excerpt(0, TEXT, tuple(enumerate(blocks)), links, DocumentLayout(pages, ()))


def rendered(shown: Excerpt, mark: TextRange | None = None) -> list[RenderedBlock]:
    renderer = DocumentRenderer(shown, mark, {"x.md": "/documents/x/"})
    return renderer.render(shown.blocks, top=2)


HEADING = block(BlockKind.HEADING, "Leave", 1)
PARAGRAPH = block(BlockKind.PARAGRAPH, "You get 25 days.")


def test_a_heading_and_a_paragraph() -> None:
    heading, paragraph = rendered(excerpt(HEADING, PARAGRAPH))
    assert (heading.kind, heading.level, heading.anchor) == ("heading", 2, "b0")
    assert (paragraph.kind, paragraph.runs) == ("paragraph", (Run("You get 25 days."),))


def test_the_mark_cuts_the_text_and_loses_nothing() -> None:
    (paragraph,) = rendered(excerpt(PARAGRAPH), place("25 days"))
    assert paragraph.runs == (Run("You get "), Run("25 days", marked=True, is_first=True), Run("."))


def test_a_mark_over_two_blocks_begins_once() -> None:
    shown = rendered(excerpt(HEADING, PARAGRAPH), TextRange(0, len(TEXT)))
    runs = [run for piece in shown for run in piece.runs]
    assert [(run.marked, run.is_first) for run in runs] == [(True, True), (True, False)]


def test_a_link_known_to_lead_somewhere_is_one() -> None:
    span = place("25 days")
    known, unknown = Link(span.start, span.end, "x.md"), Link(0, 5, "y.md")
    heading, paragraph = rendered(excerpt(HEADING, PARAGRAPH, links=(unknown, known)))
    assert heading.runs == (Run("Leave"),)
    assert paragraph.runs[1] == Run("25 days", href="/documents/x/")


def test_styles_cut_the_text_and_lie_inside_each_other() -> None:
    outer, inner = place("You get 25 days"), place("25 days")
    styles = (
        Style(outer.start, outer.end, StyleKind.STRONG),
        Style(inner.start, inner.end, StyleKind.CODE),
    )
    shown = replace(excerpt(PARAGRAPH), styles=styles)
    (paragraph,) = rendered(shown, place("days"))
    assert paragraph.runs == (
        Run("You get ", styles=(StyleKind.STRONG,)),
        Run("25 ", styles=(StyleKind.STRONG, StyleKind.CODE)),
        Run("days", marked=True, is_first=True, styles=(StyleKind.STRONG, StyleKind.CODE)),
        Run("."),
    )
    html = render_to_string("knowledge/runs.html", {"runs": paragraph.runs})
    assert html.startswith("<strong>You get </strong><strong><code>25 </code></strong><strong><code><mark id")


def test_deeper_items_hang_below_the_one_before() -> None:
    items = [
        block(BlockKind.LIST_ITEM, words, level, 3) for words, level in (("one", 0), ("deep", 1), ("last", 0))
    ]
    (piece,) = rendered(excerpt(*items))
    assert piece.items
    assert piece.items.is_numbered
    assert [item.runs[0].text for item in piece.items.items] == ["one", "last"]
    assert piece.items.items[0].below == ItemList(True, (Item((Run("deep"),)),))


def test_bullets_and_numbers_are_two_lists() -> None:
    bullet, number = block(BlockKind.LIST_ITEM, "one"), block(BlockKind.LIST_ITEM, "two", 0, 1)
    assert [piece.items.is_numbered for piece in rendered(excerpt(bullet, number)) if piece.items] == [
        False,
        True,
    ]


def row(words: str, *, head: bool) -> Block:
    span = place(words)
    return Block(
        BlockKind.TABLE_ROW, span.start, span.end, cells=(Cell(span.start, span.end, is_header=head),)
    )


def test_a_row_of_headers_begins_another_table() -> None:
    shown = rendered(excerpt(row("one", head=True), row("two", head=False), row("deep", head=True)))
    assert [(len(piece.head), len(piece.rows)) for piece in shown] == [(1, 1), (1, 0)]
    assert shown[0].head[0][0].is_header


def test_rows_without_their_heading_row_repeat_it() -> None:
    span = place("two")
    cells = (Cell(span.start, span.end, column_header="Number"),)
    (piece,) = rendered(excerpt(Block(BlockKind.TABLE_ROW, span.start, span.end, cells=cells)))
    assert [[cell.runs[0].text for cell in cells] for cells in piece.head] == [["Number"]]
    assert [[cell.runs[0].text for cell in cells] for cells in piece.rows] == [["two"]]


@pytest.mark.parametrize(
    ("cells", "is_rtl"),
    [
        (["\u05e9\u05dd", "Model", "\u05de\u05d7\u05d9\u05e8", "12"], True),
        (["\u0637\u0644\u0628", "12", "(\u0646\u0645\u0648\u0630\u062c)"], True),
        (["SF-71", "\u0637\u0644\u0628", "Leave"], False),
        (["Word", "Meaning", "\u05e9\u05dc\u05d5\u05dd", "peace"], False),
        (["1", "2", ""], False),
    ],
)
def test_a_table_has_the_direction_of_most_of_its_cells(cells: list[str], is_rtl: bool) -> None:
    row = tuple(RenderedCell((Run(text),), is_header=False) for text in cells)
    html = render_to_string("knowledge/table.html", {"block": RenderedBlock("table_row", rows=(row,))})
    assert ('<div class="table" id="" tabindex="0" role="group" dir="rtl">' in html) is is_rtl


def test_pages_are_announced_where_they_begin() -> None:
    shown = rendered(excerpt(HEADING, PARAGRAPH, pages=(0, 6)))
    assert [(piece.kind, piece.level) for piece in shown if piece.kind == "page_break"] == [
        ("page_break", 1),
        ("page_break", 2),
    ]


def test_the_label_of_a_page_is_shown_beside_the_sheet() -> None:
    layout = DocumentLayout((0, 6), (), ("ii", "2"))
    shown = rendered(replace(excerpt(HEADING, PARAGRAPH), layout=layout))
    breaks = [piece for piece in shown if piece.kind == "page_break"]
    assert [piece.label for piece in breaks] == ["ii", ""]
    written = [render_to_string("knowledge/page_break.html", {"block": piece}) for piece in breaks]
    assert ["Page ii (sheet 1)" in written[0], "Page 2<" in written[1]] == [True, True]


def test_headings_skip_no_level() -> None:
    words = (("Leave", 3), ("one", 1), ("two", 6), ("deep", 6), ("last", 1))
    shown = rendered(excerpt(*(block(BlockKind.HEADING, text, level) for text, level in words)))
    levels = [piece.level for piece in shown]
    assert levels == [2, 2, 3, 4, 2]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_around_keeps_what_is_near() -> None:
    near = excerpt(HEADING, PARAGRAPH, block(BlockKind.PARAGRAPH, "last"))
    assert [number for number, _ in around(near, place("You"), before=1, after=1)] == [1]
    assert [number for number, _ in around(near, place("You"), before=9, after=99)] == [0, 1, 2]


def with_figures(shown: Excerpt, *starts: int, captioned: tuple[int, ...] = ()) -> DocumentRenderer:
    placed = tuple(
        PlacedFigure(0, number, Figure(f"part:{number}", start=start, has_caption=number in captioned))
        for number, start in enumerate(starts)
    )

    def figure(it: PlacedFigure) -> RenderedFigure:
        return RenderedFigure(it.figure.source, "", 0, 0, "", it.figure.has_caption)

    return DocumentRenderer(replace(shown, figures=placed), figures=figure)


def kinds(renderer: DocumentRenderer, first: int = 0, last: int | None = None) -> list[str]:
    blocks = renderer.render(renderer.excerpt.blocks[first:last], top=2)
    return [block.figure.url if block.figure else block.kind for block in blocks]


def test_figures_stand_after_their_blocks_and_cut_lists() -> None:
    items = [block(BlockKind.LIST_ITEM, words, 1) for words in ("one", "two")]
    shown = excerpt(HEADING, PARAGRAPH, *items)
    renderer = with_figures(shown, -1, HEADING.end - 1, items[0].end - 1, items[1].end - 1)
    assert kinds(renderer) == [
        "part:0", "heading", "part:1", "paragraph", "list_item", "part:2", "list_item", "part:3",
    ]  # fmt: skip
    assert kinds(renderer, 1, 2) == ["part:1", "paragraph"]  # as when the page has the title itself
    assert kinds(renderer, 2, 3) == ["list_item", "part:2"]
    assert kinds(with_figures(excerpt(HEADING), -1, 4), 1) == ["part:0", "part:1"]


def test_the_caption_belongs_to_the_last_figure_before_it() -> None:
    figures = with_figures(excerpt(HEADING, PARAGRAPH), 4, 4, captioned=(1,))
    blocks = figures.render(figures.excerpt.blocks, top=2)
    assert [(block.kind, block.anchor) for block in blocks] == [
        ("heading", "b0"),
        ("figure", ""),
        ("figure", "b1"),
    ]
    assert blocks[2].runs == (Run("You get 25 days."),)
