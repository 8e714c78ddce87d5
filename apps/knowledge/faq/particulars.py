"""What two questions must have in common to be the same question, however similar their vectors are: numbers and codes,
days and months, whether something is negated, and whether they ask who, when, where or why.
"""

from __future__ import annotations

import re

from apps.knowledge.index.analyzer import words, written_words

Particulars = frozenset[str]

_NEGATED = re.compile(r"\b(?:not|no|never|none|nobody|nothing|without|cannot|cant|wont|dont)\b|n['’]t\b")
_DATES = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:weekdays?|weekends?|today|tomorrow|yesterday|january|february|"
    r"march|april|june|july|august|september|october|november|december)\b"
)
_LEAD = (
    r"(?:(?:hi|hello|hey|ok|okay|so|and|but|please|also|sorry|thanks)\W+)*"
    r"(?:(?:(?:can|could|would) you (?:please )?(?:tell|show) me|(?:do you|i want to|i'd like to|i would like to) know|"
    r"tell me)\W+)?(?:(?:at|by|for|from|in|on|since|to|until|with)\s+)?"
)
_ASKED = re.compile(rf"^\W*{_LEAD}(who|whom|whose|when|where|why|how long|how often)\b")
_SAME = {"whom": "who", "whose": "who"}


def particulars_of(text: str) -> Particulars:
    lowered = text.casefold()
    found = {f"number {stem}" for _, stem in words(text) if any(map(str.isdigit, stem))}
    found |= {f"date {name.rstrip('s')}" for name in _DATES.findall(lowered)}
    if _NEGATED.search(lowered):
        found.add("negated")
    if asked := _ASKED.match(lowered):
        found.add(f"asks {_SAME.get(asked[1], asked[1])}")
    return frozenset(found)


def names_in(text: str) -> set[str]:
    """The stems of words that are written like names inside a sentence."""
    return {stem for stem, (_, is_name) in written_words(text).items() if is_name}


def content_of(text: str) -> set[str]:
    """The stems of its words without stop words."""
    return {stem for _, stem in words(text)}
