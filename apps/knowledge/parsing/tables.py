"""Tables of every format: lays cells on a grid, finds their headers, writes one block per row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.knowledge.documents.parsed_document import Cell
from apps.knowledge.parsing.builder import DocumentBuilder
from apps.knowledge.parsing.inline import Fragment

_MAX_SPAN = 1000  # what HTML allows for colspan; more is an attack on memory
_HEADER_CHARS = 300  # each cell repeats its headers: a long one would multiply


@dataclass(frozen=True)
class TableCell:
    content: Fragment
    is_header: bool = False
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class _Slot:
    """A grid place: the cell that covers it, and whether it begins there."""

    cell: TableCell
    is_origin: bool


def write_table(builder: DocumentBuilder, rows: Sequence[Sequence[TableCell]]) -> None:
    """One row block per row that has text. Headers are the header rows above and the first cell of the row."""
    header: dict[int, str] = {}
    first, after_heading = True, True
    for slots in _grid(rows):
        is_heading = _is_heading(slots)
        if is_heading:
            header = _merged_header(header if after_heading else {}, slots)
        after_heading = is_heading
        placed = _placed(slots, {} if is_heading else header)
        if any(content.text for content, _ in placed):
            builder.row(placed, first)
            first = False


def _grid(rows: Sequence[Sequence[TableCell]]) -> list[dict[int, _Slot]]:
    """Rows of column -> slot; a cell that spans rows or columns fills all its places."""
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
    """A second header row stands under the first: both name the column."""
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
