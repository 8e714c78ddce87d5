"""The words of a text that a search has found, as parts of the text. No character is changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from apps.knowledge.index.analyzer import stems, word_spans, words

MOST_WORDS = 12  # of a search
LONGEST = 320  # characters of a text that are shown
BEFORE = 80  # of them before the first word that was found


@dataclass(frozen=True)
class Part:
    text: str
    is_found: bool


def searched_stems(text: str) -> list[str]:
    """The stems that all must be found, without stop words; of a long text those of its first words."""
    return list(dict.fromkeys(stem for _, stem in words(text)))[:MOST_WORDS]


def found_spans(text: str, wanted: Collection[str]) -> list[tuple[int, int]]:
    """The [start, end) offsets of the words that have one of the stems."""
    return [
        (start, end) for start, end in word_spans(text) if not set(stems(text[start:end])).isdisjoint(wanted)
    ]


def parts_around(text: str, wanted: Collection[str]) -> list[Part]:
    """The text, or what stands around its first found word, in parts. Dots say that it was cut."""
    spans = found_spans(text, wanted)
    first = _beginning(text, spans[0][0] if spans else 0)
    last = min(len(text), first + LONGEST)
    parts, at = [Part("… ", is_found=False)] if first else [], first
    for start, end in spans:
        if start >= first and end <= last:
            parts += [Part(text[at:start], is_found=False), Part(text[start:end], is_found=True)]
            at = end
    rest = text[at:last] + (" …" if last < len(text) else "")
    return [part for part in [*parts, Part(rest, is_found=False)] if part.text]


def _beginning(text: str, found: int) -> int:
    """Where to begin, so that the found word is shown: after a space if there is one."""
    if len(text) <= LONGEST or found <= BEFORE:
        return 0
    space = text.find(" ", found - BEFORE, found)
    return space + 1 if space >= 0 else found - BEFORE
