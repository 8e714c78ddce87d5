"""Puts the letters of a word that is read from right to left in order by their places on the page.

PDFium gives some words reversed, and with them the letters of a ligature such as lam-alef.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from apps.knowledge.parsing.pdf_calls import Box

_LETTERS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_OTHERS = re.compile("[A-Za-z\u00c0-\u058f]")
_LAM = "\u0644"
_ALEFS = frozenset("\u0622\u0623\u0625\u0627\u0671")
_LONGEST = 100  # characters of a word
_SAME_PLACE = 0.6  # of the narrower box: letters of one ligature lie on each other


def has_right_to_left(text: str) -> bool:
    return not text.isascii() and _LETTERS.search(text) is not None


def is_right_to_left(word: str) -> bool:
    """Whether all letters of the word are read from right to left."""
    return 1 < len(word) <= _LONGEST and bool(_LETTERS.search(word)) and not _OTHERS.search(word)


def in_order(word: str, boxes: Sequence[Box]) -> str:
    """The characters of the word from the right to the left, each with the marks that stand on it."""
    bases = [at for at, character in enumerate(word) if not unicodedata.combining(character)] or [0]
    marks: dict[int, str] = {}
    for at, character in enumerate(word):
        if at not in bases:
            on = min(bases, key=lambda base: abs(_middle(boxes[base]) - _middle(boxes[at])))
            marks[on] = marks.get(on, "") + character
    is_reversed = boxes[bases[0]][0] < boxes[bases[-1]][0]
    bases.sort(key=lambda at: (-_middle(boxes[at]), -at if is_reversed else at))
    for place in range(1, len(bases)):
        first, second = bases[place - 1], bases[place]
        if word[second] == _LAM and word[first] in _ALEFS and _overlap(boxes[first], boxes[second]):
            bases[place - 1], bases[place] = second, first
    return "".join(word[at] + marks.get(at, "") for at in bases)


def _middle(box: Box) -> float:
    return (box[0] + box[2]) / 2


def _overlap(one: Box, other: Box) -> bool:
    shared = min(one[2], other[2]) - max(one[0], other[0])
    return shared >= _SAME_PLACE * min(one[2] - one[0], other[2] - other[0])
