"""What two questions must have in common to be the same question, however similar their vectors are: numbers and codes,
days and months, negation, contrasts such as "before" and "after", duties, and whether they ask who, when, where or why.
"""

from __future__ import annotations

import re
from functools import lru_cache

from apps.knowledge.index.analyzer import words, written_words

Particulars = frozenset[str]

CACHED = 100_000  # wordings, of all collections

_NEGATED = re.compile(
    r"\b(?:not|no|non|nor|never|none|neither|nobody|nothing|nowhere|without|cannot|cant|wont|dont|shant|aint"
    r"|(?:is|are|was|were|do|does|did|has|have|had|could|should|would|need|must)nt"
    r"|nicht|nichts|nie|niemals|kein(?:e[mnrs]?)?|ohne|ne|pas|jamais|sans|nunca|ning[uú]n[ao]?|niet|geen|senza)\b|n['’]t\b"
)
_DATES = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:weekdays?|weekends?|today|tonight|tomorrow|yesterday|january|"
    r"february|march|april|june|july|august|september|october|november|december)\b"
)
_CONTRASTS = re.compile(
    r"\b(?:before|after|during|until|till|since|above|below|over|under|more|less|fewer|most|least|minimum|maximum|next"
    r"|last|previous|current|morning|afternoon|evening|night|noon|midnight|inside|outside|out|off|down|left|right|from"
    r"|against|between|within|beyond|unless|except|excluding|only|always|again|should|your"
    r"|this (?=(?:week|month|quarter|year)\b))"
    r"(?=s?\b)"
)
_DUTY = re.compile(
    r"\b(?:must|(?:have|has|had) to|(?:do|does|did) (?:\w+ ){1,2}need"
    r"|(?:am|is|are) (?:\w+ ){1,2}(?:required|obliged))\b"
)
_OTHERS = re.compile(r"\b(?:he|him|his|she|hers?|they|them|theirs?)\b")
_LEAD = (
    r"(?:(?:hi|hello|hey|ok|okay|so|and|but|please|also|sorry|thanks)\W+)*"
    r"(?:(?:(?:can|could|would) you (?:please )?(?:tell|show) me|(?:do you|i want to|i'd like to|i would like to) know|"
    r"tell me)\W+)?(?:(?:at|by|for|from|in|on|since|to|until|with)\s+)?"
)
_ASKED = re.compile(rf"^\W*{_LEAD}(who|whom|whose|when|where|why|how long|how often)\b")
# A follow-up such as "and when?" is completed with its word at the end.
_ASKED_LAST = re.compile(r"\b(who|whom|whose|when|where|why|how (?:long|often|much|many))\W*$")
_SAME = {"whom": "who", "whose": "who"}
_NUMBERS = (
    *enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    ),
    *enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), start=1),
    *(
        (10 * tens, name)
        for tens, name in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), start=3)
    ),
    *((1, "once"), (2, "twice"), (100, "hundred"), (1000, "thousand"), (1_000_000, "million")),
)
_BY_NAME = {name: f"number {value}" for value, name in _NUMBERS}
_NUMBER = re.compile(rf"\b(?:{'|'.join(_BY_NAME)})\b")


_POLITE = frozenset(
    "hi hello hey please thank thanks know tell show want like possible way help just really".split()
)


def particulars_of(text: str) -> Particulars:
    lowered = text.casefold()
    found = (
        {f"number {stem}" for _, stem in words(text) if any(map(str.isdigit, stem))}
        if _has_digit(text)
        else set()
    )
    found |= {_BY_NAME[name] for name in _NUMBER.findall(lowered)}
    found |= {f"date {name.rstrip('s')}" for name in _DATES.findall(lowered)}
    found |= {f"contrast {name.strip()}" for name in _CONTRASTS.findall(lowered)}
    marks = (("negated", _NEGATED), ("duty", _DUTY), ("others", _OTHERS))
    found |= {name for name, pattern in marks if pattern.search(lowered)}
    for asked in filter(None, (_ASKED.match(lowered), _ASKED_LAST.search(lowered))):
        found.add(f"asks {_SAME.get(asked[1], asked[1])}")
    return frozenset(found)


particulars_of_wording = lru_cache(maxsize=CACHED)(particulars_of)


def names_in(text: str) -> set[str]:
    """The stems of words that are written like names inside a sentence."""
    return {stem for stem, (_, is_name) in written_words(text).items() if is_name}


def content_of(text: str) -> list[str]:
    """The stems of its words in order, without stop words, words of politeness, and numbers, which are particulars."""
    return [
        stem
        for word, stem in words(text)
        if word not in _POLITE and word not in _BY_NAME and not _has_digit(stem)
    ]


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))
