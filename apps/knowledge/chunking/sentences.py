"""Finds the sentences of a block, as offsets. sentencex finds boundaries; fragments are joined to a neighbour."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentencex import get_sentence_boundaries

_WORD = re.compile(r"\S+\s*")
_LETTER = re.compile(r"[^\W\d_]")

MOST_AT_ONCE = 100_000  # characters given to sentencex in one call
CHARS_PER_WORD = 15  # counted as one word in scripts without spaces and in long URLs

Span = tuple[int, int]


def count_words(text: str) -> int:
    """The number of words by white space, or by length if that gives more, as in scripts without spaces."""
    return max(len(text.split()), len(text) // CHARS_PER_WORD)


def sentence_spans(text: str, language: str, max_words: int) -> list[Span]:
    """Spans, in order, that together contain all characters of the text except white space between them."""
    pieces = [
        (start + found["start_index"], start + found["end_index"])
        for start, end in portions(text, MOST_AT_ONCE)
        for found in get_sentence_boundaries(language or "en", text[start:end])
    ]
    spans = [span for span in (trimmed(text, piece) for piece in pieces) if span[0] < span[1]]
    return [part for span in _joined(text, spans) for part in _cut(text, span, max_words)]


def portions(text: str, most: int) -> Iterator[Span]:
    """Spans of at most `most` characters that cover the whole text, cut after a space or line end if there is one."""
    start = 0
    while len(text) - start > most:
        space = max(text.rfind(mark, start, start + most) for mark in " \n")
        end = space + 1 if space >= start else start + most
        yield start, end
        start = end
    yield start, len(text)


def _joined(text: str, spans: list[Span]) -> list[Span]:
    """Joins a number without letters ("1.") to the next sentence, and a punctuation mark alone to the previous one."""
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
    """Cuts a sentence that is longer than a passage may be, between words if possible."""
    start, end = span
    if count_words(text[start:end]) <= max_words:
        return [span]
    parts, begin, words = [], start, 0
    for first, size in _words(text, span, max_words * CHARS_PER_WORD):
        words += size
        if words > max_words and first > begin:
            parts.append(trimmed(text, (begin, first)))
            begin, words = first, size
    return [*parts, trimmed(text, (begin, end))]


def _words(text: str, span: Span, longest: int) -> Iterator[Span]:
    """Words with the white space after them, in slices of at most `longest` characters: (start, how many words each
    counts).
    """
    for word in _WORD.finditer(text, *span):
        start, end = word.span()
        if end - start <= longest:
            yield start, max(1, (end - start) // CHARS_PER_WORD)
        else:
            for first in range(start, end, longest):
                yield first, count_words(text[first : min(first + longest, end)])


def trimmed(text: str, span: Span) -> Span:
    piece = text[span[0] : span[1]]
    start = span[0] + len(piece) - len(piece.lstrip())
    return start, max(start, span[0] + len(piece.rstrip()))
