"""Words of a question that the documents write as two: "timesheet" for "time sheet", "wifi" for "Wi-Fi"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from apps.knowledge.index.analyzer import words
from apps.knowledge.index.scope import Snapshot
from apps.knowledge.index.stores.fulltext import live_matching_passages
from apps.knowledge.search.spelling import vocabulary_of

SHORTEST_PART = 2  # letters
SHORTEST, LONGEST = 4, 30  # letters of the word
MOST = 5  # words of one question
LOOKED_AT = 200  # passages with the rarer part


@dataclass(frozen=True)
class WrittenApart:
    """`stem` is that of the question; `spelled` is how the documents write it; `parts` counts the passages with each of
    its stems.
    """

    stem: str
    spelled: str
    parts: Mapping[str, int]


def written_apart(snapshot: Snapshot, unknown: Mapping[str, str]) -> list[WrittenApart]:
    """Those of the words that no document contains ({stem: word}) whose halves stand next to each other in one."""
    candidates = [(stem, word) for stem, word in unknown.items() if _may_be_two(word)][:MOST]
    found = ((stem, _spelling(snapshot, word)) for stem, word in candidates)
    known = vocabulary_of(snapshot).frequencies
    return [
        WrittenApart(stem, spelled, {part: known.get(part, 0) for _, part in words(spelled)})
        for stem, spelled in found
        if spelled
    ]


def _may_be_two(word: str) -> bool:
    return word.isalpha() and SHORTEST <= len(word) <= LONGEST


def _spelling(snapshot: Snapshot, word: str) -> str:
    """As the documents write it; "" if they don't."""
    for first, second, rarest in _halves(snapshot, word):
        pattern = re.compile(
            rf"(?<![^\W_]){re.escape(first)}(?:[-\u2010\u2011]|\s+){re.escape(second)}(?:'?s)?(?![^\W_])",
            re.IGNORECASE,
        )
        holding = live_matching_passages(snapshot, [rarest]).order_by("pk").values_list("context", "text")
        for place, text in holding[:LOOKED_AT]:
            if match := pattern.search(text) or pattern.search(place):
                return " ".join(match[0].split())
    return ""


def _halves(snapshot: Snapshot, word: str) -> Iterator[tuple[str, str, str]]:
    """Its halves, with the rarer stem of the two, where the documents contain both. A half may be a stop word."""
    known = vocabulary_of(snapshot).frequencies
    singular = word[:-1] if word.endswith("s") else word
    for cut in range(SHORTEST_PART, len(singular) - SHORTEST_PART + 1):
        first, second = singular[:cut], singular[cut:]
        stems = [stem for half in (first, second) for _, stem in words(half)]
        if stems and all(stem in known for stem in stems):
            yield first, second, min(stems, key=lambda stem: known[stem])
