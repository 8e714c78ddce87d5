"""Finds the words of a quote that answer, by rule: a date, an amount, a name, a duration or a cell of a table.

Nothing is found unless it is certain: the question asks for one of these kinds, and the quote has exactly one of it,
apart from those that the question names itself. Nothing is looked for in long questions and quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.chat.answering.value_patterns import KINDS, kind_asked
from apps.knowledge.index.analyzer import words

LONGEST_QUESTION, LONGEST_TEXT = 500, 2_000  # characters: the time of the patterns may grow with their square
Span = tuple[int, int]
_CLAUSE_END = re.compile(r"[.!?;:,]\s|\n")
_NEGATION = re.compile(
    r"(?<!\w)(?:not|never|neither|nor|cannot|\w+n['’]t|no(?!\s(?:more|later|less|fewer|earlier|sooner)\sthan)|"
    r"nicht|nie|kein\w{0,2}|pas|jamais|nunca)(?!\w)",
    re.IGNORECASE,
)


def answer_span(question: str, text: str, seed: Span, columns: str, about: str) -> Span | None:
    """The range of `text` that answers, or None.

    `seed` is the range of the sentence that was found; the rest of the text is looked at only if it has nothing of the
    kind. `columns` are the names of the cells of a table row, `about` is what else the text is about: its headings.
    """
    asked = _stems(question)
    if columns and "\t" in text:
        return _cell(asked, text, seed, columns)
    if len(question) > LONGEST_QUESTION or len(text) > LONGEST_TEXT:
        return None
    kind = kind_asked(question)
    if kind is None or asked.isdisjoint(_stems(f"{about} {text}") - KINDS[kind].asking):
        return None
    for start, end in (seed, (0, len(text))):
        found = list(_values(kind, question, text, start, end))
        if found:
            return found[0] if len(found) == 1 and not _is_denied(question, text, found[0]) else None
    return None


def _is_denied(question: str, text: str, span: Span) -> bool:
    """ "You need not wait 30 days": a negation stands before the value in its clause, and none in the question."""
    clause = _CLAUSE_END.split(text[: span[0]])[-1]
    return _NEGATION.search(clause) is not None and _NEGATION.search(question) is None


def _values(kind: str, question: str, text: str, start: int, end: int) -> Iterator[Span]:
    named = f" {' '.join(question.casefold().split())} "
    for match in KINDS[kind].values(question).finditer(text, start, end):
        found = " ".join(match["value"].casefold().split())
        if re.search(rf"(?<!\w){re.escape(found)}(?!\w)", named) is None:
            yield match.span("value")


def _cell(asked: set[str], text: str, seed: Span, columns: str) -> Span | None:
    """The cell in the row whose key the question names, and in the one column that it names."""
    row = text[slice(*seed)]
    cells, names = row.split("\t"), columns.split("; ")
    key = _stems(cells[0])
    if "\n" in row or len(cells) != len(names) or not key or not key <= asked:
        return None
    shared = [_stems(name) & asked - key for name in names]
    most = max(map(len, shared[1:]), default=0)
    best = [place for place, stems in enumerate(shared) if place and len(stems) == most > 0]
    if len(best) != 1 and len(cells) != 2:
        return None
    place = best[0] if len(best) == 1 else 1
    start = seed[0] + sum(len(cell) + 1 for cell in cells[:place])
    return (start, start + len(cells[place])) if cells[place] else None


def _stems(text: str) -> set[str]:
    return {stem for _, stem in words(text)}
