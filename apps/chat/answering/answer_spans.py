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
_ENDINGS = " .!?;\n"
_AS_OF = re.compile(r"(?<!\w)as of\s+$", re.IGNORECASE)
_OTHER = re.compile(r"(?<![\w.,(-])\d+(?:[.,]\d+)*(?![\w-])")  # not "(1,270 mm)", "20th" and "5-mile"
_YEAR = re.compile(r"(?:1\d|20)\d\d")
_CAPITAL = re.compile(r"[^\W\d_a-z][^\W\d_]*\.?\s$")
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
        _has_most(needed, _sentence_around(text, found))
        and not _is_denied(question, text, found)
        and not _AS_OF.search(text[: found[0]])
        and not (kind in _MEASURED and _other_numbers(question, text, found, within))
        and (kind != "name" or _is_certain_name(question, needed, text, found))
    )


def _has_most(needed: set[str], text: str) -> bool:
    return len(needed & _stems(text)) >= MOST * len(needed)


def _is_certain_name(question: str, needed: set[str], text: str, found: Span) -> bool:
    """Many names stand in a sentence: it is the one of which the clause itself says what is asked, and no part of it is
    in the question.
    """
    before, after = text[: found[0]], text[found[1] :]
    clause = _CLAUSE_END.split(before)[-1] + text[slice(*found)] + _CLAUSE_END.split(after)[0]
    return (
        _has_most(needed, clause)
        and not _PREPOSITION.search(before)
        and _stems(text[slice(*found)]).isdisjoint(_stems(question))
    )


def _sentence(text: str, span: Span) -> Span:
    """Up to the next semicolon."""
    before = [end.end() for end in _SENTENCE_END.finditer(text, 0, span[0])]
    after = _SENTENCE_END.search(text, span[1])
    return before[-1] if before else 0, after.start() if after else len(text)


def _sentence_around(text: str, span: Span) -> str:
    """With the sentence before, if it begins with a pronoun."""
    start, end = _sentence(text, span)
    sentence = text[start:end]
    if not start or not _PRONOUN.match(sentence):
        return sentence
    return f"{_SENTENCE_END.split(text[:start].rstrip(_ENDINGS))[-1]} {sentence}"


def _is_denied(question: str, text: str, span: Span) -> bool:
    """ "You need not wait 30 days": a negation stands before the value in its clause, and none in the question."""
    clause = _CLAUSE_END.split(text[: span[0]])[-1]
    return _NEGATION.search(clause) is not None and _NEGATION.search(question) is None


def _other_numbers(question: str, text: str, found: Span, within: Span) -> bool:
    """Whether another number may answer as well: "The large room seats 14 people, the small room 6"."""
    start, end = _sentence(text, found)
    others = (
        match
        for match in _OTHER.finditer(text, start, end)
        if not _names_something(question, text, match, start)
    )
    bare = _BARE_NUMBER.finditer(text, *within)
    return any(
        match.end() <= found[0] or found[1] <= match.start()
        for matches in (bare, others)
        for match in matches
    )


def _names_something(question: str, text: str, number: re.Match[str], start: int) -> bool:
    """A year, the label of the sentence, "Room 12" and "May 12", and what the question says itself count nothing."""
    is_said = re.search(rf"(?<!\w){re.escape(number[0])}(?!\w)", question) is not None
    is_label = number.start() == start or _CAPITAL.search(text, start, number.start()) is not None
    return is_said or is_label or _YEAR.fullmatch(number[0]) is not None


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
