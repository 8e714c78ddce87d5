"""Removes accents and other marks that combine with the letter before them."""

from __future__ import annotations

import re
from collections.abc import Callable

_MAYBE_MARKS = re.compile("[\u0300-\U0010ffff]+")  # no mark is before them


def without_marks(text: str, is_mark: Callable[[str], bool]) -> str:
    """The text without the characters that `is_mark` names. It is asked only about those that may be marks."""
    return _MAYBE_MARKS.sub(lambda run: "".join(each for each in run[0] if not is_mark(each)), text)
