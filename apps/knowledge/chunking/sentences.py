"""Sentences of a block, as offsets. Boundaries come from sentencex; fragments join a neighbouring sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentencex import get_sentence_boundaries

_WORD = re.compile(r"\S+\s*")
_LETTER = re.compile(r"[^\W\d_]")

MOST_AT_ONCE = 100_000  # characters given to sentencex in one call
CHARS_PER_WORD = 15  # length that counts as one word where a script has no spaces, or a word is an address

Span = tuple[int, int]


def count_words(text: str) -> int:
    """Words by white space, or by length where that gives more: scripts without spaces, long addresses."""
    return max(len(text.split()), len(text) // CHARS_PER_WORD)


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
    """Cuts a sentence longer than a passage may be between words, and a word longer than that anywhere."""
    start, end = span
    if count_words(text[start:end]) <= max_words:
        return [span]
    parts, begin, words = [], start, 0
    for first, last in _words(text, span, max_words * CHARS_PER_WORD):
        size = count_words(text[first:last])
        words += size
        if words > max_words and first > begin:
            parts.append(trimmed(text, (begin, first)))
            begin, words = first, size
    return [*parts, trimmed(text, (begin, end))]


def _words(text: str, span: Span, longest: int) -> Iterator[Span]:
    """Words with the space after them, in slices of at most `longest` characters."""
    for word in _WORD.finditer(text, *span):
        for first in range(word.start(), word.end(), longest):
            yield first, min(first + longest, word.end())


def trimmed(text: str, span: Span) -> Span:
    piece = text[span[0] : span[1]]
    start = span[0] + len(piece) - len(piece.lstrip())
    return start, max(start, span[0] + len(piece.rstrip()))
