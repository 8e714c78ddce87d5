"""Where a version has the words of a quote: whole words and whole numbers, inside one passage."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from apps.knowledge.index.unspaced import RUN
from apps.knowledge.models import Passage

AT_ONCE = 100  # passages
AT_MOST = 1000  # places of one quote
_LETTER = r"[^\W_]"
_BEFORE_NUMBER = re.compile(r"(?:[-−–±<>≤≥]|[<>]=|\d[.,:/'’·٫٬])\Z")
_GROUP_BEFORE, _GROUP = re.compile(r"\d[\u00a0\u2009\u202f]\Z"), re.compile(r"\d{3}(?!\d)")  # "1 250"
_AFTER_NUMBER = re.compile(r"[.,:/'’·٫٬–-]\d|[\u00a0\u2009\u202f]\d{3}(?!\d)|\s?[%‰]")
# "refundable" is not all of "non-refundable", nor "can" of "can't"; words may contain invisible joiners.
_JOINED_BEFORE = re.compile(rf"{_LETTER}[-‐‑\u00ad\u200c\u200d]\Z")
_JOINED_AFTER = re.compile(rf"[-‐‑'’\u00ad\u200c\u200d]{_LETTER}")


@dataclass(frozen=True)
class Place:
    """version.text[start:end], and the headings of its passage."""

    start: int
    end: int
    headings: tuple[str, ...]


def places_of(version_id: int, quote: str) -> list[Place]:
    """In the order of the text; white space may differ. The database leaves out passages without the longest word."""
    parts = quote.split()
    words = re.compile(r"\s+".join(map(re.escape, parts)))
    passages = Passage.objects.filter(version=version_id, text__contains=max(parts, key=len))
    rows = passages.order_by("position").values_list("start", "text", "heading_path")
    found = (
        Place(start + begin, start + end, tuple(headings))
        for start, text, headings in rows.iterator(chunk_size=AT_ONCE)
        for begin, end in _whole(words, text)
    )
    return list(islice(found, AT_MOST))


def same_place(old: Sequence[Place], start: int, new: Sequence[Place]) -> Place | None:
    """The place in the new version of the quote that begins at `start` in the old one. None if that is not certain: of
    several places it is the one under the same headings.
    """
    if len(old) <= 1 and len(new) == 1:
        return new[0]
    own = next((place for place in old if place.start == start), None)
    if own is None:
        return None
    before = [place for place in old if place.headings == own.headings]
    after = [place for place in new if place.headings == own.headings]
    return after[before.index(own)] if len(before) == len(after) else None


def _whole(words: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while found := words.search(text, at):
        is_cut = _is_cut_before(text, found.start()) or _is_cut_after(text, found.end())
        at = found.start() + 1 if is_cut else found.end()
        if not is_cut:
            yield found.span()


def _is_cut_before(text: str, at: int) -> bool:
    """Whether the word or number at `at` begins before it."""
    first, before = text[at], text[max(0, at - 2) : at]
    if unicodedata.category(first).startswith("M"):
        return True
    if first.isdigit() and _is_inside_number(before, text[at : at + 4]):
        return True
    return first.isalnum() and _goes_on(before[-1:], first, _JOINED_BEFORE.search(before) is not None)


def _is_inside_number(before: str, number: str) -> bool:
    is_group = _GROUP.match(number) is not None and _GROUP_BEFORE.search(before) is not None
    return is_group or _BEFORE_NUMBER.search(before) is not None


def _is_cut_after(text: str, at: int) -> bool:
    """Whether the word or number that ends at `at` goes on."""
    last, after = text[at - 1], text[at : at + 5]
    if unicodedata.category(after[:1] or " ").startswith("M"):
        return True
    if last.isdigit() and _AFTER_NUMBER.match(after):
        return True
    is_word = last.isalnum() or unicodedata.category(last).startswith("M")
    return is_word and _goes_on(after[:1], last, _JOINED_AFTER.match(after) is not None)


def _goes_on(neighbour: str, edge: str, is_joined: bool) -> bool:
    """Scripts without spaces between words have no borders to look for."""
    if RUN.match(edge) or RUN.match(neighbour):
        return False
    return is_joined or neighbour.isalnum()
