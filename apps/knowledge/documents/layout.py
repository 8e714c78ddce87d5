"""The stored form of layouts: `DocumentVersion.layout` has pages and outline, `DocumentPart.layout` blocks,
links, styles and pictures.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from apps.knowledge.documents.parsed_document import (
    Block,
    BlockKind,
    Cell,
    Figure,
    Link,
    PictureFault,
    Range,
    Style,
    StyleKind,
)
from apps.knowledge.documents.parts import OutlineEntry, Part

_FIGURE_FIELDS = attrgetter(*(each.name for each in fields(Figure)))


@dataclass(frozen=True)
class DocumentLayout:
    """`pages` are the start offsets of pages 1, 2, ...; empty if the format has no pages. `page_labels` are the numbers
    that the document prints on them, empty if it prints none or the same. `unreliable` are ranges of the text that may
    differ from what a reader sees in the file.
    """

    pages: tuple[int, ...]
    outline: tuple[OutlineEntry, ...]
    page_labels: tuple[str, ...] = ()
    unreliable: tuple[Range, ...] = ()

    def page_of(self, offset: int) -> int | None:
        """The 1-based number of the page."""
        return max(1, bisect_right(self.pages, offset)) if self.pages else None

    def label_of(self, page: int) -> str:
        """The label that the document prints on the page; "" if none."""
        return self.page_labels[page - 1] if page <= len(self.page_labels) else ""


def layout_json(layout: DocumentLayout) -> dict[str, Any]:
    labels = {"page_labels": list(layout.page_labels)} if layout.page_labels else {}
    unreliable = {"unreliable": [list(each) for each in layout.unreliable]} if layout.unreliable else {}
    outline = [list(entry) for entry in layout.outline]
    return {"pages": list(layout.pages), "outline": outline, **labels, **unreliable}


def layout_from_json(stored: dict[str, Any]) -> DocumentLayout:
    entries = tuple(OutlineEntry(*entry) for entry in stored.get("outline", []))
    return DocumentLayout(
        tuple(stored.get("pages", [])),
        entries,
        tuple(stored.get("page_labels", [])),
        tuple(Range(*each) for each in stored.get("unreliable", [])),
    )


def part_json(part: Part) -> dict[str, Any]:
    """Rows without key names, to save space: a part has hundreds of blocks."""
    figures = {"figures": list(map(figure_row, part.figures))} if part.figures else {}
    return {
        **figures,
        "blocks": [_block_row(block) for block in part.blocks],
        "links": [[link.start, link.end, link.target] for link in part.links],
        "styles": [[style.start, style.end, style.kind.value] for style in part.styles],
    }


def part_from_json(start: int, end: int, first_block: int, stored: dict[str, Any]) -> Part:
    blocks = tuple(_block(row) for row in stored.get("blocks", []))
    links = tuple(Link(*row) for row in stored.get("links", []))
    styles = tuple(Style(low, high, StyleKind(kind)) for low, high, kind in stored.get("styles", []))
    figures = tuple(figure_from_row(row) for row in stored.get("figures", []))
    return Part(start, end, first_block, blocks, links, styles, figures=figures)


def figure_row(figure: Figure) -> Sequence[Any]:
    """All fields, in their order."""
    row: Sequence[Any] = _FIGURE_FIELDS(figure)
    return row


def figure_from_row(row: Sequence[Any]) -> Figure:
    source, alt, start, width, height, size, fault, has_caption = row
    return Figure(
        source, alt, start, width, height, size, PictureFault(fault) if fault else None, has_caption
    )


def _block_row(block: Block) -> list[Any]:
    row: list[Any] = [block.kind.value, block.start, block.end, block.level]
    if not (block.cells or block.label or block.section_end):
        return row
    cells = [
        [cell.start, cell.end, cell.column_header, cell.row_header, cell.is_header] for cell in block.cells
    ]
    return [*row, cells, block.label, block.section_end]


def _block(row: Sequence[Any]) -> Block:
    """Rows of older versions hold the number of the list item in front of the cells. It was no part of their text."""
    kind, start, end, level, *rest = row
    if rest and isinstance(rest[0], int):
        rest = rest[1:]
    cells = tuple(Cell(*cell) for cell in rest[0]) if rest else ()
    return Block(BlockKind(kind), start, end, level, cells, *rest[1:])
