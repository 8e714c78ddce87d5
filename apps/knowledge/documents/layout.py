"""`DocumentVersion.layout`: what stands where in the text, for the document page."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.knowledge.parsing.document import Block, BlockKind, Cell, Link, ParsedDocument


@dataclass(frozen=True)
class Layout:
    """`pages` are the start offsets of pages 1, 2, ...; empty where the format has none."""

    blocks: tuple[Block, ...]
    pages: tuple[int, ...]
    links: tuple[Link, ...]

    def page_of(self, offset: int) -> int | None:
        """1-based."""
        return max(1, bisect_right(self.pages, offset)) if self.pages else None


def layout_to_json(document: ParsedDocument) -> dict[str, Any]:
    """Rows without key names: a long document has tens of thousands of blocks."""
    return {
        "blocks": [_block_row(block) for block in document.blocks],
        "pages": list(document.pages),
        "links": [[link.start, link.end, link.target] for link in document.links],
    }


def layout_from_json(stored: dict[str, Any]) -> Layout:
    return Layout(
        blocks=tuple(_block(row) for row in stored.get("blocks", [])),
        pages=tuple(stored.get("pages", [])),
        links=tuple(Link(*row) for row in stored.get("links", [])),
    )


def _block_row(block: Block) -> list[Any]:
    row: list[Any] = [block.kind.value, block.start, block.end, block.level, block.ordinal]
    cells = [
        [cell.start, cell.end, cell.column_header, cell.row_header, cell.is_header] for cell in block.cells
    ]
    return [*row, cells] if cells else row


def _block(row: Sequence[Any]) -> Block:
    kind, start, end, level, ordinal, *cells = row
    return Block(
        BlockKind(kind),
        start,
        end,
        level,
        tuple(Cell(*cell) for cell in (cells[0] if cells else [])),
        ordinal,
    )
