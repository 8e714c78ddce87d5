"""Finds the text of PDF and Word files that may differ from what a reader sees: quotes of it make no claim."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from operator import mul

from apps.knowledge.documents.parsed_document import ParsedDocument, Range
from apps.knowledge.index.combining_marks import without_marks

UNREAD = "\ufffd"  # stands for a character that could not be read
MOST_RANGES = 4_000
_NO_CHARACTER = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]+")
_LATIN_WORD = re.compile(r"[A-Za-z]{4,}")
_VOWELS = frozenset("aeiouy")
_FEWEST_WORDS = 40
_WITHOUT_VOWELS = 0.1  # of the words: below 0.05 in any language
# Letters of a thousand in texts of European languages, from "a" to "z".
_USUAL = (
    90,
    15,
    32,
    43,
    125,
    13,
    18,
    25,
    78,
    8,
    20,
    46,
    30,
    72,
    70,
    28,
    5,
    65,
    64,
    63,
    39,
    19,
    12,
    3,
    12,
    15,
)
_LEAST_ALIKE = (
    0.7  # cosine of the frequencies: 0.79 and more on pages of text, 0.65 and less for most other letters
)


def with_unreliable(document: ParsedDocument, pages: Collection[int] = ()) -> ParsedDocument:
    """The document with its unreliable ranges: those pages, counted from 1, pages whose letters make no words, and
    characters that stand for none.
    """
    text = document.text
    bounds = pairwise([*document.pages, len(text)])
    whole = [
        Range(start, end)
        for number, (start, end) in enumerate(bounds, start=1)
        if number in pages or is_garbage(text[start:end])
    ]
    marks = (Range(*match.span()) for match in _NO_CHARACTER.finditer(text))
    return replace(document, unreliable=_bounded(_merged([*whole, *marks])))


def is_garbage(text: str) -> bool:
    """Whether most of a page's Latin words cannot be words, because another letter stands for each letter."""
    words = [word.lower() for word in _LATIN_WORD.findall(_base_letters(text)) if _is_written_evenly(word)]
    if len(words) < _FEWEST_WORDS:
        return False
    without = sum(_VOWELS.isdisjoint(word) for word in words)
    return without > _WITHOUT_VOWELS * len(words) and _likeness(Counter("".join(words))) < _LEAST_ALIKE


def _likeness(letters: Counter[str]) -> float:
    found = [letters[chr(ord("a") + at)] for at in range(len(_USUAL))]
    product: int = sum(map(mul, found, _USUAL))
    return product / (math.hypot(*found) * math.hypot(*_USUAL))


def _base_letters(text: str) -> str:
    if text.isascii():
        return text
    return without_marks(unicodedata.normalize("NFD", text), lambda each: unicodedata.combining(each) > 0)


def _is_written_evenly(word: str) -> bool:
    """Unlike keys and other encoded data."""
    return word.islower() or word.isupper() or word.istitle()


def _merged(ranges: Iterable[Range]) -> Iterator[Range]:
    """In order, without those inside of others. Only a page is larger than a mark, and pages do not overlap."""
    end = -1
    for each in sorted(ranges, key=lambda each: (each.start, -each.end)):
        if each.end > end:
            yield each
            end = each.end


def _bounded(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """At most MOST_RANGES: the last one reaches to the end of all others."""
    found = tuple(ranges)
    if len(found) <= MOST_RANGES:
        return found
    return (*found[: MOST_RANGES - 1], Range(found[MOST_RANGES - 1].start, found[-1].end))
