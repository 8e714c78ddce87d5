from __future__ import annotations

import json

from apps.knowledge.documents.layout import (
    DocumentLayout,
    layout_from_json,
    layout_json,
    part_from_json,
    part_json,
)
from apps.knowledge.documents.parsed_document import Block, BlockKind, Cell, Link
from apps.knowledge.documents.parts import OutlineEntry, Part

BLOCKS = (
    Block(BlockKind.HEADING, 0, 5, level=1),
    Block(BlockKind.LIST_ITEM, 6, 10, level=2, ordinal=3),
    Block(BlockKind.TABLE_ROW, 11, 20, cells=(Cell(11, 14, "Grade", "", True), Cell(15, 20, "Hours", "7"))),
)
OUTLINE = (OutlineEntry("Leave", 1, 0, 0),)
LAYOUT = DocumentLayout((0, 20), OUTLINE)
PART = Part(0, 20, 7, BLOCKS, (Link(0, 5, "a.md"),))


def test_json_and_back() -> None:
    assert layout_from_json(json.loads(json.dumps(layout_json(LAYOUT)))) == LAYOUT
    stored = json.loads(json.dumps(part_json(PART)))
    assert part_from_json(PART.start, PART.end, PART.first_block, stored) == PART


def test_a_version_without_layout_has_an_empty_one() -> None:
    assert layout_from_json({}) == DocumentLayout((), ())


def test_page_of_an_offset() -> None:
    assert [LAYOUT.page_of(offset) for offset in (0, 19, 20, 39)] == [1, 1, 2, 2]
    assert DocumentLayout((), ()).page_of(5) is None
