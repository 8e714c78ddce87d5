"""The direction in which a table is read."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_RIGHT_TO_LEFT = ("R", "AL")


def is_right_to_left(cells: Iterable[str]) -> bool:
    """Whether more cells begin with a letter of a right-to-left script than with another letter."""
    return sum(map(_side, cells)) < 0


def _side(text: str) -> int:
    """-1 for a text that begins on the right, 1 on the left, 0 without letters, as `dir="auto"` decides."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction == "L":
            return 1
        if direction in _RIGHT_TO_LEFT:
            return -1
    return 0
