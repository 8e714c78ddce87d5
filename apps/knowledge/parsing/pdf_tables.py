"""Tables of a PDF page, ruled or not: rows of cells, each cell with its wrapped lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from apps.knowledge.parsing.pdf_boxes import VisualRow
from apps.knowledge.parsing.pdf_grid import Grid, grids
from apps.knowledge.parsing.pdf_lines import Line, Note, whole_lines
from apps.knowledge.parsing.pdf_rules import Rules

_PROSE_CHARS = 25  # of a line, on average, in each of several columns
_FULL_LINE = 0.85  # of the column's width
_HEADER_WORDS = 6
_BESIDE = 6.0  # of the height, from a label to its text
_LABEL = re.compile(r"\(?(?:\d{1,3}|[A-Za-z]|[ivxlc]{1,5})[.)]|\d+(?:\.\d+)+\.?|[•◦▪▫‣●○■□–⁃*\uf0b7\uf0a7-]")
_NUMBERS = re.compile(r"[\d\s.,:%€$£+-]+")

_Row = dict[int, list[Line]]


@dataclass
class Table:
    """Each cell is a list of lines. The first `header_rows` rows name the columns."""

    rows: list[list[list[Line]]]
    header_rows: int
    order: int
    notes: list[Note] = field(default_factory=list)

    def lines(self) -> list[Line]:
        return [line for row in self.rows for cell in row for line in cell]


def page_items(parts: Sequence[Line], rules: Callable[[], Rules]) -> list[Line | Table]:
    """Lines and tables in reading order: that of the file, except that columns whose lines the file mixes are read one
    after the other.
    """
    parts = _with_labels(parts)
    rules = cache(rules)
    found = grids(parts, rules)
    if not found:
        return list(whole_lines(parts))
    drawn = rules()
    tables = []
    order = {id(part): (float(part.order), at) for at, part in enumerate(parts)}
    for grid in found:
        if _is_list(grid):
            parts = _listed(grid, parts)
        elif _is_table(grid, drawn):
            tables.append(_table(grid, drawn))
        elif _is_prose(grid) and _is_mixed(grid):
            first = min(part.order for part in grid.segments)
            for at, part in enumerate(_by_column(grid)):
                order[id(part)] = (first, at)
    inside = {id(line) for table in tables for row in table.rows for cell in row for line in cell}
    outside = sorted((part for part in parts if id(part) not in inside), key=lambda part: order[id(part)])
    return _merged(outside, tables, order)


def _with_labels(parts: Sequence[Line]) -> list[Line]:
    """A bullet or number stands before its text with a wide gap, but is no cell unless more cells follow."""
    kept: list[Line] = []
    for at, part in enumerate(parts):
        third = parts[at + 1] if at + 1 < len(parts) else None
        is_alone = third is None or not _is_beside(part, third)
        if kept and is_alone and _is_beside(kept[-1], part) and _is_label(kept[-1], part):
            kept[-1].extend(part)
        else:
            kept.append(part)
    return kept


def _is_label(label: Line, part: Line) -> bool:
    text = label.text.strip()
    return bool(_LABEL.fullmatch(text)) and not _NUMBERS.fullmatch(part.text)


def _is_beside(part: Line, following: Line) -> bool:
    gap = following.left - part.right
    if gap < 0:
        return False
    height = max(part.size, following.size)
    return gap <= _BESIDE * height and abs(part.bottom - following.bottom) <= 0.3 * height


def _is_list(grid: Grid) -> bool:
    """Whether the first of two columns holds bullets or numbers."""
    labels = [row.segments[0] for row in grid.rows if len(row.segments) > 1]
    return len(grid.columns) == 2 and all(_LABEL.fullmatch(label.text.strip()) for label in labels)


def _listed(grid: Grid, parts: Sequence[Line]) -> list[Line]:
    """The parts with each bullet joined to its text."""
    joined = set()
    for row in grid.rows:
        if len(row.segments) > 1:
            label, text = row.segments
            label.extend(text)
            joined.add(id(text))
    return [part for part in parts if id(part) not in joined]


def _merged(
    outside: Sequence[Line], tables: Sequence[Table], order: dict[int, tuple[float, int]]
) -> list[Line | Table]:
    items: list[Line | Table] = []
    run: list[Line] = []
    waiting = sorted(tables, key=lambda table: table.order)
    for part in outside:
        while waiting and waiting[0].order < order[id(part)][0]:
            items += whole_lines(run)
            items.append(waiting.pop(0))
            run = []
        run.append(part)
    return [*items, *whole_lines(run), *waiting]


def _is_table(grid: Grid, rules: Rules) -> bool:
    ruled = sum(_ruled(grid, rules))
    if _is_prose(grid):
        return ruled > 1 or (ruled == 1 and _has_upright(grid, grid.rows, rules))
    several = sum(len(row.segments) > 1 for row in grid.rows)
    if several < 2:  # the end of a table that began on another page, perhaps
        return _has_upright(grid, grid.rows, rules)
    return ruled > 0 or several >= (3 if len(grid.columns) == 2 else 2)


def _is_prose(grid: Grid) -> bool:
    """Columns of running text: long lines, most of which fill their column."""
    running = 0
    by_column: list[list[Line]] = [[] for _ in grid.columns]
    for part in grid.segments:
        by_column[grid.column_of(part)].append(part)
    for lines, (left, right) in zip(by_column, grid.columns, strict=True):
        full = sum(part.right - part.left >= _FULL_LINE * (right - left) for part in lines)
        is_long = sum(len(part.text) for part in lines) >= _PROSE_CHARS * len(lines)
        running += len(lines) > 1 and is_long and full >= len(lines) / 2
    return running >= 2


def _is_mixed(grid: Grid) -> bool:
    """Whether the file writes one row after the other."""
    pairs = [pair for row in grid.rows for pair in pairwise(row.segments)]
    return sum(0 < right.order - left.order <= 3 for left, right in pairs) >= 0.8 * len(pairs)


def _by_column(grid: Grid) -> list[Line]:
    return sorted(grid.segments, key=lambda part: (grid.column_of(part), -part.bottom))


def _table(grid: Grid, rules: Rules) -> Table:
    ruled = _ruled(grid, rules)
    rows = [_joined(grid, group) for band in _split(grid.rows, ruled) for group in _groups(grid, band, rules)]
    cells = [[row.get(column, []) for column in range(len(grid.columns))] for row in rows]
    return Table(cells, _header_rows(cells, ruled), min(part.order for part in grid.segments))


def _joined(grid: Grid, group: Sequence[VisualRow]) -> _Row:
    cells: _Row = {}
    for row in group:
        for segment in row.segments:
            cells.setdefault(grid.column_of(segment), []).append(segment)
    return cells


def _ruled(grid: Grid, rules: Rules) -> list[bool]:
    """For each row except the last: whether a rule stands below it."""
    left, right = grid.columns[0][0], grid.columns[-1][1]
    near = sorted(rule for rule in rules.across if rule[1] < right and rule[2] > left)
    ruled = []
    for above, below in pairwise(grid.rows):
        low, high = below.top - 0.4 * below.height, above.bottom + 0.3 * above.height
        between = [(start, end) for y, start, end in near if min(low, high) <= y <= max(low, high)]
        covered = sum(min(end, right) - max(start, left) for start, end in set(between))
        ruled.append(covered >= 0.5 * (right - left) and above.bottom - below.bottom > 0.5 * below.height)
    return ruled


def _split(rows: Sequence[VisualRow], cuts: Sequence[bool]) -> list[list[VisualRow]]:
    """The rows, cut after each for which `cuts` holds."""
    groups = [[rows[0]]]
    for row, cut in zip(rows[1:], cuts, strict=True):
        if cut:
            groups.append([])
        groups[-1].append(row)
    return groups


def _groups(grid: Grid, band: Sequence[VisualRow], rules: Rules) -> list[list[VisualRow]]:
    """The rows of text that make up each row of the table, in a band between two rules."""
    if _has_upright(grid, band, rules):
        return [list(band)]
    gaps = [above.bottom - below.bottom for above, below in pairwise(band)]
    if not gaps:
        return [list(band)]
    pitch = min(gaps)
    apart = _split(band, [gap > 1.25 * pitch for gap in gaps])
    if len(apart) > 1 and any(_continues(grid, group) for group in apart) and pitch <= 1.4 * band[0].height:
        return apart
    return _split(band, [not _is_continuation(grid, above, below) for above, below in pairwise(band)])


def _has_upright(grid: Grid, band: Sequence[VisualRow], rules: Rules) -> bool:
    """Whether a rule stands between two columns beside the band, as in a table with boxes."""
    middle = (band[0].top + band[-1].bottom) / 2
    return any(
        bottom <= middle <= top
        and any(left[1] - 2 <= x <= right[0] + 2 for left, right in pairwise(grid.columns))
        for x, bottom, top in rules.upright
    )


def _continues(grid: Grid, group: Sequence[VisualRow]) -> bool:
    """Whether a later row of the group leaves cells empty, or continues words in lower case."""
    return any(
        len(row.segments) < len(group[0].segments)
        or any(segment.text[:1].islower() for segment in row.segments)
        for row in group[1:]
    )


def _is_continuation(grid: Grid, above: VisualRow, below: VisualRow) -> bool:
    """Whether the lower row continues cells of the upper: the file writes it cell by cell, or its first cell is
    empty.
    """
    upper, lower = grid.cells(above), grid.cells(below)
    for column, segment in lower.items():
        if column in upper and segment.order == upper[column].order + len(upper[column].pieces):
            after = [other.order for at, other in upper.items() if at > column]
            if after and min(after) > segment.order:
                return True
    is_close = above.bottom - below.bottom <= 1.4 * below.height
    fewer = len(lower) < max(2, len(grid.columns) - 1)
    return is_close and 0 not in lower and fewer and set(lower) <= set(upper)


def _header_rows(rows: Sequence[list[list[Line]]], ruled: Sequence[bool]) -> int:
    if len(rows) < 2:
        return 0
    first, body = rows[0], rows[1:]
    if _is_bold(first) and not _is_bold(body[0]):
        return 1
    return int(_names_columns(first, body, sum(ruled) == 1))


def _is_bold(row: Sequence[list[Line]]) -> bool:
    return all(line.is_bold for cell in row for line in cell)


def _names_columns(first: Sequence[list[Line]], body: Sequence[list[list[Line]]], is_ruled: bool) -> bool:
    """Whether the first row is made of names, and the cells below one of them look otherwise: numbers, or words
    in lower case.
    """
    names = [cell_text(cell) for cell in first]
    if not all(_is_name(name) for name in names[1:]) or any(any(map(str.isdigit, name)) for name in names):
        return False
    columns = [[text for row in body if (text := cell_text(row[at]))] for at in range(len(first))]
    differ = any(texts and not any(map(_is_name, texts)) for texts in columns[1:])
    return differ or (is_ruled and len(body) > 1)


def _is_name(text: str) -> bool:
    return (
        0 < len(text.split()) <= _HEADER_WORDS
        and not text[0].islower()
        and not any(map(str.isdigit, text))
        and any(map(str.isalpha, text))
    )


def cell_text(cell: Sequence[Line]) -> str:
    return " ".join(line.text.strip() for line in cell)
