"""Sentences of a block, as offsets. Rules by sentencex; pieces that are no sentence join their neighbour."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentencex import get_sentence_boundaries

_WORD = re.compile(r"\S+\s*")
_LETTER = re.compile(r"[^\W\d_]")

MOST_AT_ONCE = 100_000  # characters: sentencex computes in one go, and lets no other thread run meanwhile

Span = tuple[int, int]


def count_words(text: str) -> int:
    """Words by white space; where a script has none between words, or a word is an address, by length."""
    return max(len(text.split()), len(text) // 15)


def sentence_spans(text: str, language: str, max_words: int) -> list[Span]:
    """Spans without white space at their ends that cover all other characters of the text, in order."""
    pieces = [
        (start + found["start_index"], start + found["end_index"])
        for start, end in portions(text, MOST_AT_ONCE)
        for found in get_sentence_boundaries(language or "en", text[start:end])
    ]
    spans = [span for span in (trimmed(text, piece) for piece in pieces) if span[0] < span[1]]
    return [part for span in _joined(text, spans) for part in _cut(text, span, max_words)]


def portions(text: str, most: int) -> Iterator[Span]:
    """The whole text in order, at most so many characters at once; cut after a space or line end if there is one."""
    start = 0
    while len(text) - start > most:
        space = max(text.rfind(mark, start, start + most) for mark in " \n")
        end = space + 1 if space >= start else start + most
        yield start, end
        start = end
    yield start, len(text)


def _joined(text: str, spans: list[Span]) -> list[Span]:
    """A number without a letter ("1.") belongs to what follows, a lone mark to what went before."""
    joined: list[Span] = []
    waiting: int | None = None
    for first, end in spans:
        start = first if waiting is None else waiting
        waiting = None
        if _LETTER.search(text, start, end):
            joined.append((start, end))
        elif joined and not text[start].isdigit():
            joined[-1] = (joined[-1][0], end)
        else:
            waiting = start
    if waiting is not None:
        begin = joined.pop()[0] if joined else waiting
        joined.append((begin, spans[-1][1]))
    return joined


def _cut(text: str, span: Span, max_words: int) -> list[Span]:
    """A sentence longer than a passage may be is cut between words; a word of any length stays whole."""
    start, end = span
    if count_words(text[start:end]) <= max_words:
        return [span]
    parts, begin, words = [], start, 0
    for word in _WORD.finditer(text, start, end):
        words += count_words(word[0])
        if words > max_words and word.start() > begin:
            parts.append(trimmed(text, (begin, word.start())))
            begin, words = word.start(), count_words(word[0])
    return [*parts, trimmed(text, (begin, end))]


def trimmed(text: str, span: Span) -> Span:
    piece = text[span[0] : span[1]]
    start = span[0] + len(piece) - len(piece.lstrip())
    return start, max(start, span[0] + len(piece.rstrip()))
