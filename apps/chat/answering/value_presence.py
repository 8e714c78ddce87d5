"""Whether a text has anything of the kind that a question asks for: a number, a time or a person. It is generous: "as
many as you want" and "until you leave" count, and the text need not be about the same thing.
"""

from __future__ import annotations

import re
from collections.abc import Set

from apps.chat.answering.value_patterns import MONTHS, NUMBER_WORDS, WEEKDAYS, kind_asked

LONGEST_QUESTION, LONGEST_TEXT = 500, 2_000  # characters
_AMOUNT = (
    rf"\d+|(?<!\w)(?:{NUMBER_WORDS}|hundreds?|thousands?|millions?|billions?|dozens?|half|third|double|both|none|"
    r"once|twice|several|unlimited|limit(?:ed|s)?|as (?:many|much|long|often)|free|waived|until|permanent\w*|"
    r"immediate\w*|instant\w*|forever|overnight|hourly|daily|weekly|monthly|quarterly|yearly|annual\w*|noon|midnight|"
    r"hundert\w*|tausend\w*|beide|keine?\w?|unbegrenzt|kostenlos|gratis|sofort|täglich|wöchentlich|monatlich|jährlich|"
    r"bis|aucun\w*|gratuit\w*|jusqu\w*|ningun\w*|hasta)(?!\w)"
)
_NAMED_TIME = (
    rf"(?<!\w)(?:{MONTHS}|{WEEKDAYS}|after|before|during|as soon as|when|whenever|while|if|now|today|"
    r"tomorrow|first|last|end|beginning|starts?|days?|weeks?|months?|years?|mornings?|evenings?|nights?|spring|summer|autumn|"
    r"fall|winter|time|later|earlier|soon|recently|ago|upon|since|nach|vor|während|wenn|sobald|seit|tage?n?|wochen?|jahre?n?|"
    r"après|avant|pendant|quand|lorsque|depuis|después|antes|durante|cuando|desde)(?!\w)"
)
_TIME = rf"{_AMOUNT}|{_NAMED_TIME}"
_CLOCK_OR_YEAR = r"(?<!\d)(?:\d{1,2}[:.]\d\d|\d{1,2} ?(?:[ap]\.?m|uhr|h|o.clock)|(?:19|20)\d\d)(?!\w)"
_NO_PERSON = (
    "after never other under either neither rather whether however over ever number order paper letter computer server "
    "later further together enter offer answer consider remember error color floor plant important significant "
    "relevant mirror water power cover proper former another"
)
_PERSON = (
    r"(?<=[\w,;(] )[\"“'(]?(?-i:[A-ZÀ-ÖØ-Þ]\w)|(?<!\w)(?-i:[A-ZÀ-Þ]\w+ [A-ZÀ-Þ]\w+)|"
    r"(?<!\w)(?:you|your|we|us|our|they|them|their|he|him|his|she|her|i|my|(?:every|any|some|no)(?:body|one)|no one|"
    r"people|persons?|staff|teams?|offices?|departments?|leads?|heads?|chiefs?|(?:wo)?m[ae]n|child(?:ren)?|parents?|groups?|"
    r"compan(?:y|ies)|agenc(?:y|ies)|council|committee|board|contacts?|guests?|admins?|secretar(?:y|ies)|presidents?|"
    rf"(?!(?:{_NO_PERSON.replace(' ', '|')})s?(?!\w))\w{{3,}}(?:er|or|ist|ee|man|men|ant|ent|ian)s?)(?!\w)"
)
_PATTERNS = {
    kind: re.compile(pattern, re.IGNORECASE)
    for kind, pattern in (
        ("amount", _AMOUNT),
        ("time", _TIME),
        ("moment", rf"{_CLOCK_OR_YEAR}|{_NAMED_TIME}"),
        ("person", _PERSON),
    )
}
_LAST_KINDS = {
    "when": "moment",
    "who": "person",
    "how many": "amount",
    "how much": "amount",
    "how long": "amount",
}
_LAST = re.compile(rf"(?<!\w)({'|'.join(_LAST_KINDS)})\W*$", re.IGNORECASE)
_ENGLISH_WHO = re.compile(r"(?<!\w)(?:who|whom|whose|which|what)(?!\w)", re.IGNORECASE)


def lacks_what_is_asked(question: str, text: str) -> str:
    """ "amount", "time" or "person" if the question asks for one and the text has none, else "". What the question says
    itself does not count.
    """
    if len(question) > LONGEST_QUESTION or len(text) > LONGEST_TEXT:
        return ""
    said = set(re.findall(r"\w+", question.casefold()))
    asked = dict.fromkeys(kind for kind in (_asked(question), _asked_last(question)) if kind)
    lacking = next((kind for kind in asked if not _has(kind, text, said)), "")
    return "time" if lacking == "moment" else lacking


def _has(kind: str, text: str, said: Set[str]) -> bool:
    return any(match[0].casefold() not in said for match in _PATTERNS[kind].finditer(text))


def _asked_last(question: str) -> str:
    """A follow-up such as "and when?" is completed with its word at the end. The amounts of the earlier answer are no
    moment.
    """
    last = _LAST.search(question)
    return _LAST_KINDS[last[1].casefold()] if last else ""


def _asked(question: str) -> str:
    """An address or a number to call is not looked for; roles are known in English only."""
    match kind_asked(question):
        case None | "mail" | "phone":
            return ""
        case "date" | "clock":
            return "time"
        case "name":
            return "person" if _ENGLISH_WHO.search(question) else ""
    return "amount"
