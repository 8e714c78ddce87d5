"""Decides which lines of a paragraph of plain text begin list items.

In hard-wrapped text a line may begin with a number or a dash that continues the sentence of the line before it:
"between 10" and "- 15 berths". A line inside a paragraph begins an item only if it follows a colon or belongs to a
list. A line about which this is not clear stays as it is, with its mark.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ITEM = re.compile(
    r"(?P<indent>[ \t]*)(?:(?P<bullet>[-*+•◦▪‣])|(?P<number>\d{1,4})(?P<end>[.)]))[ \t]+(?=\S)"
)
_CLEAR_BULLETS = set("•◦▪‣")
_DEEPEST = 1_000


@dataclass(frozen=True)
class Mark:
    """What a line begins with. `label` is "" for bullets; the text begins at `width`; `series` is equal for the items
    of one list.
    """

    bullet: str
    label: str
    number: int
    width: int
    series: tuple[int, str]

    @property
    def indent(self) -> int:
        return self.series[0]


def item_marks(lines: Sequence[str]) -> dict[int, Mark]:
    """The marks of the lines that begin items, by the number of the line."""
    return _Paragraph(lines, _marks(lines)).items()


def without_wrapped_marks(text: str) -> str:
    """The text with a space for each line end before a mark that begins no item, so that the mark is not taken for one.
    Offsets stay the same.
    """
    lines = text.split("\n")
    marks = _marks(lines) if len(lines) > 1 else {}
    if not marks:
        return text
    wrapped = marks.keys() - _Paragraph(lines, marks).items().keys()
    return "".join((" " if n in wrapped else "\n") + line for n, line in enumerate(lines))[1:]


def _marks(lines: Sequence[str]) -> dict[int, Mark]:
    return {n: mark for n, line in enumerate(lines) if (mark := _mark(line))}


def _mark(line: str) -> Mark | None:
    match = _ITEM.match(line)
    if match is None:
        return None
    bullet, number, end = match["bullet"] or "", match["number"] or "", match["end"] or ""
    return Mark(bullet, number + end, int(number or 0), match.end(), (len(match["indent"]), bullet or end))


class _Paragraph:
    def __init__(self, lines: Sequence[str], marks: dict[int, Mark]) -> None:
        self._lines = lines
        self._marks = marks
        self._last_of = {mark.series: n for n, mark in marks.items()}
        self._numbers = {(mark.series, mark.number) for mark in marks.values()}
        self._shallowest = self._shallowest_below()
        self._open: dict[tuple[int, str], int] = {}  # of each series, the number of its last item

    def items(self) -> dict[int, Mark]:
        found = {}
        for n, mark in self._marks.items():
            if self._begins_item(n, mark):
                found[n] = mark
                self._open[mark.series] = mark.number
        return found

    def _begins_item(self, n: int, mark: Mark) -> bool:
        if n == 0 or mark.bullet in _CLEAR_BULLETS or self._lines[n - 1].rstrip().endswith((":", "：")):
            return True
        return self._bullet_begins(n, mark) if mark.bullet else self._number_begins(mark)

    def _number_begins(self, mark: Mark) -> bool:
        last = self._open.get(mark.series)
        if last is not None:
            return mark.number == last + 1 or mark.number == last == 1
        return mark.number == 1 and (mark.series, 2) in self._numbers

    def _bullet_begins(self, n: int, mark: Mark) -> bool:
        if mark.series in self._open:
            return True
        before, text = self._lines[n - 1].rstrip(), self._lines[n][mark.width :]
        if before[-1:].isdigit() and text[:1].isdigit():
            return False
        is_nested = any(indent < mark.indent for indent, _ in self._open)
        is_list = self._last_of[mark.series] > n and self._shallowest[n] > mark.indent
        return is_nested or is_list

    def _shallowest_below(self) -> list[int]:
        """Of each line, the least indentation of the lines below it that begin with no mark."""
        found, least = [], _DEEPEST
        for n in range(len(self._lines) - 1, -1, -1):
            found.append(least)
            if n not in self._marks:
                least = min(least, len(self._lines[n]) - len(self._lines[n].lstrip()))
        return found[::-1]
