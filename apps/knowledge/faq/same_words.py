"""Compares the words of a question with those of a wording whose vector is similar."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apps.knowledge.faq.particulars import content_of, names_in

ORDERED_FROM = 3  # words: "does the tenant pay the landlord", "does the landlord pay the tenant"
_WORD = re.compile(r"[^\W_]+")
_DIRECTION = re.compile(r"\b(?:from|than)\b")
_ASKER = re.compile(r"\b(?:i|we)\b")


@dataclass(frozen=True)
class Comparison:
    may_be_same: bool
    has_same_words: bool


def compare(text: str, wording: str) -> Comparison:
    """Two questions are never the same if a word stands in the place of another, if either has a name of its own, if
    their words have another order, or if one is about the person who asks and the other about somebody it names.
    """
    asked, known = content_of(text), content_of(wording)
    added, missing = set(asked) - set(known), set(known) - set(asked)
    is_other = (
        (added and missing)
        or names_in(text) & added
        or names_in(wording) & missing
        or _is_reordered(text, wording, asked, known)
        or (added and _speaks_of_asker(wording) and not _speaks_of_asker(text))
        or (missing and _speaks_of_asker(text) and not _speaks_of_asker(wording))
    )
    return Comparison(not is_other, not added and not missing)


def _is_reordered(text: str, wording: str, asked: Sequence[str], known: Sequence[str]) -> bool:
    """Whether the words that they share have another order, where the order says something: "password reset" and
    "reset my password" are the same, as are other pairs of words with different small words around them.
    """
    shared = set(asked) & set(known)
    ours, theirs = ([stem for stem in dict.fromkeys(stems) if stem in shared] for stems in (asked, known))
    if ours == theirs:
        return False
    return (
        len(shared) >= ORDERED_FROM
        or _all_words(text) == _all_words(wording)
        or bool(_DIRECTION.search(text.casefold()))
    )


def _all_words(text: str) -> list[str]:
    return sorted(_WORD.findall(text.casefold()))


def _speaks_of_asker(text: str) -> bool:
    return _ASKER.search(text.casefold()) is not None
