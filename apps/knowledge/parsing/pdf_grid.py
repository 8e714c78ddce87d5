"""Finds rows and columns among the segments of a PDF page: segments of one height are a row, gaps that several rows
leave free part the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from apps.knowledge.parsing.pdf_boxes import VisualRow, apart, boxes
from apps.knowledge.parsing.pdf_lines import Line
from apps.knowledge.parsing.pdf_rules import Rules

_SAME_ROW = 0.35  # of the height
_ROW_GAP = 3.0  # of the height: rows further apart belong to different tables
_LINE_PITCH = 1.4
_OTHER_SIZE = 0.15
_MOST_COLUMNS = 60


@dataclass
class Grid:
    """Rows whose segments stand in common columns. `columns` are (left, right), from left to right."""

    rows: list[VisualRow] = field(default_factory=list)
    columns: list[tuple[float, float]] = field(default_factory=list)

    def column_of(self, segment: Line) -> int:
        """The column that the segment stands in."""
        left = segment.left
        for at, (_, right) in enumerate(self.columns):
            if left <= right:
                return at
        raise ValueError("the segment is in no column")

    def cells(self, row: VisualRow) -> dict[int, Line]:
        return {self.column_of(segment): segment for segment in row.segments}

    @property
    def segments(self) -> list[Line]:
        return [segment for row in self.rows for segment in row.segments]


def grids(parts: Sequence[Line], rules: Callable[[], Rules]) -> list[Grid]:
    """Runs of rows that share at least two columns, in each stretch of the page that the file writes downwards."""
    found = []
    for stretch in _stretches(parts):
        rows = _visual_rows(stretch)
        if any(len(row.segments) > 1 for row in rows):
            tables = apart(rows, boxes(rules(), min(x.left for x in stretch), max(x.right for x in stretch)))
            found += [grid for table in tables for grid in _grids_of(table)]
    return found


def _stretches(parts: Sequence[Line]) -> list[list[Line]]:
    """Cut where the file goes on far above: at the top of the next column."""
    stretches: list[list[Line]] = []
    for part in parts:
        if not stretches or part.bottom > stretches[-1][-1].bottom + 6 * part.size:
            stretches.append([])
        stretches[-1].append(part)
    return stretches


def _visual_rows(parts: Iterable[Line]) -> list[VisualRow]:
    """From the top down."""
    rows: list[VisualRow] = []
    for part in sorted(parts, key=attrgetter("bottom"), reverse=True):
        if rows and rows[-1].bottom - part.bottom <= _SAME_ROW * part.size:
            rows[-1].segments.append(part)
        else:
            rows.append(VisualRow([part]))
    for row in rows:
        if len(row.segments) > 1:
            row.segments.sort(key=attrgetter("left"))
    return rows


def _grids_of(rows: Sequence[VisualRow]) -> list[Grid]:
    found: list[Grid] = []
    current = Grid()
    for row in rows:
        if current.rows and not (_is_near(current.rows[-1], row) and _add(current, row)):
            found.append(current)
            current = Grid()
        if not current.rows and len(row.segments) > 1:
            _add(current, row)
    found.append(current)
    return [grid for grid in map(_trimmed, found) if grid.rows]


def _is_near(above: VisualRow, below: VisualRow) -> bool:
    """Not for a heading below a table: its font is larger."""
    height = max(above.height, below.height)
    return above.bottom - below.bottom <= _ROW_GAP * height and (
        len(below.segments) > 1 or abs(above.height - below.height) <= _OTHER_SIZE * height
    )


def _add(grid: Grid, row: VisualRow) -> bool:
    """Adds the row unless one of its segments lies in two columns, or two of them in one column."""
    columns = list(grid.columns)
    taken = set()
    for segment in row.segments:
        met = [
            at for at, (left, right) in enumerate(columns) if segment.left <= right and left <= segment.right
        ]
        if len(met) > 1 or (met and columns[met[0]] in taken):
            return False
        if met:
            left, right = columns.pop(met[0])
            merged = (min(left, segment.left), max(right, segment.right))
        else:
            merged = (segment.left, segment.right)
        if any(merged[0] <= right and left <= merged[1] for left, right in columns):
            return False
        columns.append(merged)
        taken.add(merged)
    if len(columns) > _MOST_COLUMNS:
        return False
    grid.rows.append(row)
    grid.columns = sorted(columns)
    return True


def _trimmed(grid: Grid) -> Grid:
    """Without single segments at its end, unless they continue a cell."""
    rows = list(grid.rows)
    while len(rows) > 1 and len(rows[-1].segments) == 1 and not _is_close(rows[-2], rows[-1]):
        rows.pop()
    if len(rows) == len(grid.rows):
        return grid
    trimmed = Grid()
    for row in rows:
        _add(trimmed, row)
    return trimmed


def _is_close(above: VisualRow, below: VisualRow) -> bool:
    return above.bottom - below.bottom <= _LINE_PITCH * below.height
