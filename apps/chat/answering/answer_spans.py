"""Finds the words of a quote that answer, by rule: a date, an amount, a name, a duration or a cell of a table.

Nothing is found unless it is certain: the question asks for one of these kinds, and the quote has exactly one of it,
apart from those that the question names itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apps.chat.answering.value_patterns import KINDS, kind_asked
from apps.knowledge.index.analyzer import words

MOST_ASKED, MOST_QUOTED = (
    600,
    4_000,
)  # characters of a question and of a quote; in longer ones nothing is marked
Span = tuple[int, int]
_MEASURED = ("count", "duration", "money", "share", "size")
_BARE_NUMBER = re.compile(
    r"(?<![\w.,-])(?!(?:19|20)\d\d\b)\d+(?=[.,;:)]?(?:\s*$|\s*\n|(?<=[,;.:)])\s)|\s+(?:and|or|und|oder)\s)"
)


def answer_span(question: str, text: str, seed: Span, columns: str, about: str) -> Span | None:
    """The range of `text` that answers, or None.

    `seed` is the range of the sentence that was found; the rest of the text is looked at only if it has nothing of the
    kind. `columns` are the names of the cells of a table row, `about` is what else the text is about: its headings.
    """
    if len(question) > MOST_ASKED or len(text) > MOST_QUOTED:
        return None
    asked = _stems(question)
    if columns and "\t" in text:
        return _cell(question, text, seed, columns)
    kind = kind_asked(question)
    if kind is None or asked.isdisjoint(_stems(f"{about} {text}") - KINDS[kind].asking):
        return None
    for start, end in (seed, (0, len(text))):
        found = list(_values(kind, question, text, start, end))
        if found:
            return (
                found[0] if len(found) == 1 and not _other_numbers(kind, text, found[0], start, end) else None
            )
    return None


def _other_numbers(kind: str, text: str, found: Span, start: int, end: int) -> bool:
    """Whether a number without its unit may answer as well: "The large room seats 14 people, the small room 6"."""
    bare = _BARE_NUMBER.finditer(text, start, end) if kind in _MEASURED else ()
    return any(match.end() <= found[0] or found[1] <= match.start() for match in bare)


def _values(kind: str, question: str, text: str, start: int, end: int) -> Iterator[Span]:
    named = f" {' '.join(question.casefold().split())} "
    for match in KINDS[kind].values(question).finditer(text, start, end):
        found = " ".join(match["value"].casefold().split())
        if re.search(rf"(?<!\w){re.escape(found)}(?!\w)", named) is None:
            yield match.span("value")


def _cell(question: str, text: str, seed: Span, columns: str) -> Span | None:
    """The cell in the row whose key the question names, and in the one column that it names or asks for."""
    row, asked = text[slice(*seed)], _stems(question)
    cells, names = row.split("\t"), columns.split("; ")
    key = _stems(cells[0])
    if "\n" in row or len(cells) != len(names) or not key or not key <= asked:
        return None
    place = _column(question, asked - key, cells, names)
    if place is None or not cells[place]:
        return None
    start = seed[0] + sum(len(cell) + 1 for cell in cells[:place])
    return start, start + len(cells[place])


def _column(question: str, asked: set[str], cells: Sequence[str], names: Sequence[str]) -> int | None:
    """The column that shares most words with the question; if none does, the only one that holds what it asks for."""
    shared = [len(_stems(name) & asked) for name in names]
    most = max(shared[1:], default=0)
    best = [place for place in range(1, len(names)) if shared[place] == most]
    if not most:
        best = best if len(cells) == 2 else _cells_of_kind(question, cells)
    return best[0] if len(best) == 1 else None


def _cells_of_kind(question: str, cells: Sequence[str]) -> list[int]:
    kind = kind_asked(question)
    values = KINDS[kind].values(question) if kind else None
    return [n for n, cell in enumerate(cells) if n and values and values.fullmatch(cell.strip())]


def _stems(text: str) -> set[str]:
    return {stem for _, stem in words(text)}
