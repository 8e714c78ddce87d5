"""How layout is stored: `DocumentVersion.layout` holds pages and outline, `DocumentPart.layout` blocks and links."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.knowledge.documents.parsed_document import Block, BlockKind, Cell, Link
from apps.knowledge.documents.parts import OutlineEntry, Part


@dataclass(frozen=True)
class DocumentLayout:
    """`pages` are the start offsets of pages 1, 2, ...; empty where the format has none."""

    pages: tuple[int, ...]
    outline: tuple[OutlineEntry, ...]

    def page_of(self, offset: int) -> int | None:
        """1-based."""
        return max(1, bisect_right(self.pages, offset)) if self.pages else None


def layout_json(layout: DocumentLayout) -> dict[str, Any]:
    return {"pages": list(layout.pages), "outline": [list(entry) for entry in layout.outline]}


def layout_from_json(stored: dict[str, Any]) -> DocumentLayout:
    entries = tuple(OutlineEntry(*entry) for entry in stored.get("outline", []))
    return DocumentLayout(tuple(stored.get("pages", [])), entries)


def part_json(part: Part) -> dict[str, Any]:
    """Rows without key names: a part has hundreds of blocks."""
    return {
        "blocks": [_block_row(block) for block in part.blocks],
        "links": [[link.start, link.end, link.target] for link in part.links],
    }


def part_from_json(start: int, end: int, first_block: int, stored: dict[str, Any]) -> Part:
    blocks = tuple(_block(row) for row in stored.get("blocks", []))
    return Part(start, end, first_block, blocks, tuple(Link(*row) for row in stored.get("links", [])))


def _block_row(block: Block) -> list[Any]:
    row: list[Any] = [block.kind.value, block.start, block.end, block.level, block.ordinal]
    cells = [
        [cell.start, cell.end, cell.column_header, cell.row_header, cell.is_header] for cell in block.cells
    ]
    return [*row, cells] if cells else row


def _block(row: Sequence[Any]) -> Block:
    kind, start, end, level, ordinal, *cells = row
    shown = tuple(Cell(*cell) for cell in (cells[0] if cells else []))
    return Block(BlockKind(kind), start, end, level, shown, ordinal)
