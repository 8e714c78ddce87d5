"""Numbers and codes as they are counted: one token however they are written ("E-1042", "e1042"), and never two that
differ as one ("3.10" and "3.1", "10⁶" and "106").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

JOINTS = "-\u2010\u2011\u2013"
_LETTER = r"[^\W\d_]"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+,\d{1,2}(?![\d,])|\d+(?:\.\d+){0,5})(?:\^[-\u2212]?\d+)?"
CODE = (
    rf"(?<![^\W_]){_LETTER}{{1,8}}[{JOINTS}]?{_NUMBER}[^\W_]*(?:[{JOINTS}](?=[^\W_]{{0,20}}\d)[^\W_]+){{0,5}}"
)
NUMBER = rf"(?<![^\W_]){_NUMBER}[^\W_]*"

_RAISED = re.compile(r"(?<=\d)(?=[⁺⁻]?[⁰¹²³⁴-⁹₀-₉])")
IS_CODE = re.compile(rf"{_LETTER}{{1,8}}\d|\d+[pr]\d")
_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")
_PART = re.compile(rf"{_LETTER}+|{_NUMBER}")
_VERSION = re.compile(r"v(?=\d)")
_SPACED = re.compile(r"([A-Z](?<![^\W_][A-Z])[A-Z]{0,3}) (\d\w*)(?![^\W_])", re.ASCII)
_LETTERS_OF_SIGNS = str.maketrans({".": "p", ",": "p", "^": "r", "\u2212": "m"})
_NO_CODE = frozenset("AI")  # words, not letters before a number


def with_raised_apart(text: str) -> str:
    """A mark between a number and the raised or lowered digits after it."""
    return _RAISED.sub("^", text)


def token(written: str) -> str:
    """The token of a number or code in lower case: letters and digits only."""
    bare = _VERSION.sub("", written, count=1) if _VERSION.match(written) else written
    parts = bare.split("^", 1)
    joined = "".join(char for char in parts[0] if char not in JOINTS)
    power = ["^" + parts[1].replace("-", "\u2212")] if len(parts) > 1 else []
    plain = _THOUSANDS.sub("", joined) if "," in joined else joined
    return "".join([plain, *power]).translate(_LETTERS_OF_SIGNS)


def parts(written: str) -> list[str]:
    """What else a document with this number or code is found by: "E-1042" by "1042", "3.10.2" by "3.10" and "3"."""
    found = _PART.findall(written)
    numbers = [part for part in found if "." in part]
    shorter = [number.rsplit(".", cut)[0] for number in numbers for cut in range(1, number.count(".") + 1)]
    tokens = [
        token(part) for part in (*(part for part in found if len(part) > 1 or part.isdigit()), *shorter)
    ]
    return [part for part in dict.fromkeys(tokens) if part != token(written)]


def spaced(text: str) -> Iterator[str]:
    """Tokens of codes with a space inside, as documents write them: "E 1042", "ISO 9001"."""
    for letters, rest in _SPACED.findall(text):
        if letters not in _NO_CODE:
            yield token(f"{letters}{rest}".lower())
