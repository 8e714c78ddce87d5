"""Finds header rows that a table does not mark as such: rows in bold, or short names over numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from apps.knowledge.documents.parsed_document import StyleKind
from apps.knowledge.parsing.inline import Fragment

_NUMBER = re.compile(r"[^\w\s]{0,3}(?:[^\W\d]{1,4}\s?)?\d[\d.,:/'’\s–-]{0,30}\D{0,12}")
_NAME_CHARS = 60
_MOST_ROWS = 3  # of headers in bold


@dataclass(frozen=True)
class TableCell:
    content: Fragment
    is_header: bool = False
    columns: int = 1
    rows: int = 1


Row = Sequence[TableCell]


def with_header_row(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows, with the cells of the first ones marked as headers if they are headers."""
    full = [n for n, row in enumerate(rows) if any(cell.content.text for cell in row)]
    if len(full) < 2 or any(cell.is_header for n in full[:_MOST_ROWS] for cell in rows[n]):
        return rows
    headers = list(takewhile(lambda n: _is_bold(rows[n]), full))
    if not headers and _are_names_over_numbers(rows[full[0]], [rows[n] for n in full[1:]]):
        headers = full[:1]
    if not headers or len(headers) > _MOST_ROWS or len(headers) == len(full):
        return rows
    last = headers[-1]
    return [
        [replace(cell, is_header=True) for cell in row] if n <= last else row for n, row in enumerate(rows)
    ]


def _is_bold(row: Row) -> bool:
    """Two names or more, short and all in bold. A row that begins further up may cover the first column."""
    named = [cell for cell in row if cell.content.text]
    return len(row) > 1 and all(_is_name(cell.content.text) and _is_strong(cell.content) for cell in named)


def _is_strong(content: Fragment) -> bool:
    strong = [style for style in content.styles if style.kind is StyleKind.STRONG]
    covered = sum(len(content.text[style.start : style.end].replace(" ", "")) for style in strong)
    return covered >= len("".join(content.text.split()))


def _are_names_over_numbers(first: Row, below: Sequence[Row]) -> bool:
    """Whether the first row has words alone, and some column below holds numbers alone."""
    names = [cell.content.text for cell in first]
    if len(names) < 2 or sum(map(bool, names)) < len(names) - 1:
        return False
    if not all(not name or (_is_name(name) and not _has_digit(name)) for name in names):
        return False
    width = len(first)
    same = [row for row in below if len(row) == width]
    return len(same) > 1 and any(_is_numeric([row[column] for row in same]) for column in range(1, width))


def _is_numeric(cells: Sequence[TableCell]) -> bool:
    filled = [cell.content.text for cell in cells if cell.content.text]
    return len(filled) * 2 > len(cells) and all(map(_is_number, filled))


def _is_number(text: str) -> bool:
    """A number, perhaps with a sign, a currency or a unit."""
    return bool(_NUMBER.fullmatch(text))


def _is_name(text: str) -> bool:
    return 0 < len(text) <= _NAME_CHARS


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
