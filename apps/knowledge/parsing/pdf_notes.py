"""Finds the notes at the foot of a page: smaller lines that begin with a mark which the text above raises."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from apps.knowledge.parsing.pdf_lines import Line, Note
from apps.knowledge.parsing.pdf_tables import Table

_MARK = re.compile(r"\s*(?P<mark>[\d⁰¹²³⁴-⁹]{1,3}|[*†‡§¶]+|[a-z](?=[\s)]))[.)]?\s*(?=\S)")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SMALLER = 0.94


def split_notes(items: Sequence[Line | Table]) -> tuple[list[Line | Table], list[Note]]:
    """The items of a page without its notes, and the notes. Lines of the text know the marks of the notes then."""
    marked = _first_marked(items)
    first = _first_note(items, marked) if marked else len(items)
    notes: list[Note] = []
    for line in _lines(items[first:]):
        mark, width = _mark(line)
        if mark in marked:
            notes.append(Note(mark, width, [line]))
        else:
            notes[-1].lines.append(line)
    known = frozenset(note.mark for note in notes)
    kept = list(items[:first])
    for line in _lines(kept) if known else []:
        line.leave_out(known)
    return kept, notes


def _first_marked(items: Sequence[Line | Table]) -> dict[str, int]:
    """The place of the first item that raises each mark."""
    marked: dict[str, int] = {}
    for at, item in enumerate(items):
        for line in _lines([item]):
            for mark in line.raised_marks():
                marked.setdefault(mark, at)
    return marked


def _first_note(items: Sequence[Line | Table], marked: dict[str, int]) -> int:
    """The place from which all items are small lines, the first of which begins with a mark of a line above."""
    body = _body_size(items)
    first = len(items)
    for at in range(len(items) - 1, -1, -1):
        item = items[at]
        if not isinstance(item, Line) or not (item.size <= _SMALLER * body or _begins_raised(item)):
            break
        if marked.get(_mark(item)[0], at) < at:
            first = at
    return first


def _begins_raised(line: Line) -> bool:
    return len(line.pieces) > 1 and line.pieces[0].text.strip() in line.raised_marks()


def _mark(line: Line) -> tuple[str, int]:
    """The mark that the line begins with, "" if none, and its length with the space after it."""
    match = _MARK.match(line.text.strip())
    return (match["mark"].translate(_PLAIN), match.end()) if match else ("", 0)


def _lines(items: Sequence[Line | Table]) -> list[Line]:
    found: list[Line] = []
    for item in items:
        found += (
            [item] if isinstance(item, Line) else [line for row in item.rows for cell in row for line in cell]
        )
    return found


def _body_size(items: Sequence[Line | Table]) -> float:
    weights: Counter[float] = Counter()
    for line in _lines(items):
        weights[line.size] += line.characters
    return weights.most_common(1)[0][0] if weights else 0.0
