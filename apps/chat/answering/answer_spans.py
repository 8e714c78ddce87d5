"""Finds the words of a quote that answer, by rule: a date, an amount, a name, a duration or a cell of a table.

Nothing is found unless the question asks for one of these kinds, the quote has exactly one of it, apart from those that
the question names itself, and the sentence around it says most of what is asked, without a negation. Nothing is looked
for in long questions and quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apps.chat.answering.value_patterns import KINDS, asked_about, kind_asked
from apps.knowledge.index.analyzer import words

LONGEST_QUESTION, LONGEST_TEXT = 500, 2_000  # characters: the time of the patterns may grow with their square
MOST = 0.6  # of the words of a question that do not ask
Span = tuple[int, int]
_CLAUSE_END = re.compile(r"[.!?;:,]\s|\n")
_PRONOUN = re.compile(r"\s*(?:it|this|that|they|these|those|he|she|es|sie|er|il|elle)(?!\w)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?;]\s|\n")
_PREPOSITION = re.compile(
    r"(?<!\w)(?:to|in|at|from|of|near|for|on|into|via|with)\s+(?:the\s+)?$", re.IGNORECASE
)
_NEGATION = re.compile(
    r"(?<!\w)(?:not|never|neither|nor|cannot|\w+n['’]t|no(?!\s(?:more|later|less|fewer|earlier|sooner)\sthan)|"
    r"nicht|nie|kein\w{0,2}|pas|jamais|nunca)(?!\w)",
    re.IGNORECASE,
)
_MEASURED = ("count", "duration", "money", "share", "size")
_BARE_NUMBER = re.compile(
    r"(?<![\w.,-])(?!(?:19|20)\d\d\b)\d+(?=[.,;:)]?(?:\s*$|\s*\n|(?<=[,;.:)])\s)|\s+(?:and|or|und|oder)\s)"
)


def answer_span(question: str, text: str, seed: Span, columns: str, about: str) -> Span | None:
    """The range of `text` that answers, or None.

    `seed` is the range of the sentence that was found; the rest of the text is looked at only if it has nothing of the
    kind. `columns` are the names of the cells of a table row, `about` is what else the text is about: its headings.
    """
    if columns and "\t" in text:
        return _cell(question, text, seed, columns)
    if len(question) > LONGEST_QUESTION or len(text) > LONGEST_TEXT:
        return None
    kind = kind_asked(question)
    if kind is None:
        return None
    needed = _stems(asked_about(kind, question)) - KINDS[kind].asking - _stems(about)
    for within in (seed, (0, len(text))):
        found = list(_values(kind, question, text, *within))
        if found:
            return (
                found[0]
                if len(found) == 1 and _is_certain(kind, question, needed, text, found[0], within)
                else None
            )
    return None


def _is_certain(kind: str, question: str, needed: set[str], text: str, found: Span, within: Span) -> bool:
    """The words around the value contain most of what the question is about, and nothing says that it is another
    thing.
    """
    return (
        len(needed & _stems(_sentence_around(text, found))) >= MOST * len(needed)
        and not _is_denied(question, text, found)
        and not _other_numbers(kind, text, found, *within)
        and not (kind == "name" and _PREPOSITION.search(text[: found[0]]))
    )


def _sentence_around(text: str, span: Span) -> str:
    """Up to the next semicolon. With the sentence before, if it begins with a pronoun."""
    *earlier, before = _SENTENCE_END.split(text[: span[0]])
    after = _SENTENCE_END.split(text[span[1] :])[0]
    leans = earlier[-1:] if _PRONOUN.match(before) else []
    return " ".join((*leans, f"{before}{text[slice(*span)]}{after}"))


def _is_denied(question: str, text: str, span: Span) -> bool:
    """ "You need not wait 30 days": a negation stands before the value in its clause, and none in the question."""
    clause = _CLAUSE_END.split(text[: span[0]])[-1]
    return _NEGATION.search(clause) is not None and _NEGATION.search(question) is None


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
