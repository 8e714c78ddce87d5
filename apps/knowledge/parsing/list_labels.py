"""Writes the number of a list item as a reader sees it: "3", "c", "iii"."""

from __future__ import annotations

import string

_ROMAN = [
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
]
_LARGEST_ROMAN = 3999


def letters(number: int) -> str:
    """a, b, ... z, aa, ab. Numbers below 1 stay in digits, as in browsers."""
    written, rest = "", number
    while rest > 0:
        rest, place = divmod(rest - 1, len(string.ascii_lowercase))
        written = string.ascii_lowercase[place] + written
    return written or str(number)


def roman(number: int) -> str:
    """i, ii, iii, iv. Numbers that have no Roman form stay in digits."""
    if not 0 < number <= _LARGEST_ROMAN:
        return str(number)
    written = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        written += sign * count
    return written
