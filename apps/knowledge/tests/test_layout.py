from __future__ import annotations

import json

from apps.knowledge.documents.layout import Layout, layout_from_json, layout_to_json
from apps.knowledge.parsing.document import Block, BlockKind, Cell, Link, ParsedDocument

BLOCKS = (
    Block(BlockKind.HEADING, 0, 5, level=1),
    Block(BlockKind.LIST_ITEM, 6, 10, level=2, ordinal=3),
    Block(BlockKind.TABLE_ROW, 11, 20, cells=(Cell(11, 14, "Grade", "", True), Cell(15, 20, "Hours", "7"))),
)
DOCUMENT = ParsedDocument("x" * 40, "Title", BLOCKS, "text/html", pages=(0, 20), links=(Link(0, 5, "a.md"),))


def test_json_and_back() -> None:
    stored = json.loads(json.dumps(layout_to_json(DOCUMENT)))
    assert layout_from_json(stored) == Layout(BLOCKS, (0, 20), (Link(0, 5, "a.md"),))


def test_a_version_without_layout_has_an_empty_one() -> None:
    assert layout_from_json({}) == Layout((), (), ())


def test_page_of_an_offset() -> None:
    layout = layout_from_json(layout_to_json(DOCUMENT))
    assert [layout.page_of(offset) for offset in (0, 19, 20, 39)] == [1, 1, 2, 2]
    assert Layout((), (), ()).page_of(5) is None
