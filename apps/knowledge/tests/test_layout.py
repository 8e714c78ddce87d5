from __future__ import annotations

import json

from apps.knowledge.documents.layout import (
    DocumentLayout,
    layout_from_json,
    layout_json,
    part_from_json,
    part_json,
)
from apps.knowledge.documents.parsed_document import (
    Block,
    BlockKind,
    Cell,
    Figure,
    Link,
    PictureFault,
    Style,
    StyleKind,
)
from apps.knowledge.documents.parts import OutlineEntry, Part

BLOCKS = (
    Block(BlockKind.HEADING, 0, 5, level=1, section_end=20),
    Block(BlockKind.LIST_ITEM, 6, 10, level=2, label=3),
    Block(BlockKind.TABLE_ROW, 11, 20, cells=(Cell(11, 14, "Grade", "", True), Cell(15, 20, "Hours", "7"))),
)
OUTLINE = (OutlineEntry("Leave", 1, 0, 0),)
LAYOUT = DocumentLayout((0, 20), OUTLINE, ("i", "1"))
FIGURE = Figure("", "A map", -1, 40, 30, 900, PictureFault.LARGE, has_caption=True)
PART = Part(
    0,
    20,
    7,
    BLOCKS,
    (Link(0, 5, "a.md"),),
    (Style(0, 3, StyleKind.CODE),),
    figures=(FIGURE, Figure("part:a")),
)


def test_json_and_back() -> None:
    assert layout_from_json(json.loads(json.dumps(layout_json(LAYOUT)))) == LAYOUT
    stored = json.loads(json.dumps(part_json(PART)))
    assert part_from_json(PART.start, PART.end, PART.first_block, stored) == PART


def test_a_part_stored_before_styles_were_kept_has_none() -> None:
    stored = part_json(PART)
    del stored["styles"], stored["figures"]
    assert part_from_json(PART.start, PART.end, PART.first_block, stored).styles == ()


def test_a_part_stored_when_numbers_were_no_text_has_no_labels() -> None:
    rows = [["list_item", 6, 10, 2, 3], ["table_row", 11, 14, 0, 0, [[11, 14, "Grade", "", True]]]]
    item, row = part_from_json(0, 20, 0, {"blocks": rows}).blocks
    assert item == Block(BlockKind.LIST_ITEM, 6, 10, level=2)
    assert row == Block(BlockKind.TABLE_ROW, 11, 14, cells=(Cell(11, 14, "Grade", "", True),))


def test_a_version_without_layout_has_an_empty_one() -> None:
    assert layout_from_json({}) == DocumentLayout((), ())


def test_page_of_an_offset() -> None:
    assert [LAYOUT.page_of(offset) for offset in (0, 19, 20, 39)] == [1, 1, 2, 2]
    assert [LAYOUT.label_of(page) for page in (1, 2)] == ["i", "1"]
    assert DocumentLayout((0, 20), ()).label_of(2) == ""
    assert DocumentLayout((), ()).page_of(5) is None
