"""Writes tables of all formats: places cells on a grid, finds their headers, and writes one block for each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.knowledge.documents.parsed_document import Cell
from apps.knowledge.parsing.builder import DocumentBuilder
from apps.knowledge.parsing.header_rows import TableCell, with_header_row
from apps.knowledge.parsing.inline import Fragment

__all__ = ["TableCell", "write_table"]

_MAX_SPAN = 1000  # the limit of HTML for colspan; more could exhaust memory
_HEADER_CHARS = 300  # limited because each cell repeats its headers


@dataclass(frozen=True)
class _Slot:
    """A place on the grid: the cell that covers it, and whether the cell begins there."""

    cell: TableCell
    is_origin: bool


def write_table(builder: DocumentBuilder, rows: Sequence[Sequence[TableCell]]) -> None:
    """Write one block for each row with text. Headers are the header rows above and the first cell of the row."""
    header: dict[int, str] = {}
    first, after_heading = True, True
    for slots in _grid(with_header_row(rows)):
        is_heading = _is_heading(slots)
        if is_heading:
            header = _merged_header(header if after_heading else {}, slots)
        after_heading = is_heading
        placed = _placed(slots, {} if is_heading else header)
        if any(content.text for content, _ in placed):
            builder.row(placed, first)
            first = False


def _grid(rows: Sequence[Sequence[TableCell]]) -> list[dict[int, _Slot]]:
    """Rows of {column: slot}. A cell that spans rows or columns fills all its places."""
    grid: list[dict[int, _Slot]] = [{} for _ in rows]
    for index, row in enumerate(rows):
        column = 0
        for cell in row:
            while column in grid[index]:
                column += 1
            for down in range(max(1, min(cell.rows, len(rows) - index))):
                for right in range(max(1, min(cell.columns, _MAX_SPAN))):
                    grid[index + down][column + right] = _Slot(cell, is_origin=down == right == 0)
            column += max(1, min(cell.columns, _MAX_SPAN))
    return grid


def _is_heading(slots: dict[int, _Slot]) -> bool:
    begun = [slot.cell for slot in slots.values() if slot.is_origin]
    return any(cell.is_header for cell in begun) and all(
        cell.is_header or not cell.content.text for cell in begun
    )


def _merged_header(header: dict[int, str], slots: dict[int, _Slot]) -> dict[int, str]:
    """The header with another header row below it: the names of both are joined."""
    merged = dict(header)
    for column, slot in slots.items():
        above, own = merged.get(column, ""), slot.cell.content.text
        merged[column] = (f"{above} {own}".strip() if own != above else own)[:_HEADER_CHARS]
    return merged


def _placed(slots: dict[int, _Slot], header: dict[int, str]) -> list[tuple[Fragment, Cell]]:
    columns = sorted(slots)
    name = slots[columns[0]].cell if columns else None
    placed = []
    for column in columns:
        slot = slots[column]
        if slot.is_origin:
            named = name is not None and slot.cell is not name and (bool(header) or name.is_header)
            row_header = name.content.text[:_HEADER_CHARS] if name and named else ""
            cell = Cell(0, 0, header.get(column, ""), row_header, slot.cell.is_header)
            placed.append((slot.cell.content, cell))
    return placed
