"""Tells tables of a PDF page that stand close below each other apart, by the boxes drawn around their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

from apps.knowledge.parsing.pdf_lines import Line
from apps.knowledge.parsing.pdf_rules import Rules

_PADDING = 24.0  # points from the edge of a box to its text
_JOINT = 3.0  # points between the rules that make up one edge


@dataclass
class VisualRow:
    """Segments beside each other, from left to right."""

    segments: list[Line]

    @property
    def bottom(self) -> float:
        return self.segments[0].bottom

    @property
    def top(self) -> float:
        return max(segment.top for segment in self.segments)

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2

    @property
    def height(self) -> float:
        return max(segment.size for segment in self.segments)


@dataclass(frozen=True)
class Box:
    """A stretch of the page's height with upright rules, which stand at `dividers` (points from the left)."""

    bottom: float
    top: float
    dividers: frozenset[int]


def boxes(rules: Rules, left: float, right: float) -> list[Box]:
    """The boxes around text that reaches from `left` to `right`, from the bottom up."""
    upright = [rule for rule in rules.upright if left - _PADDING <= rule[0] <= right + _PADDING]
    groups: list[list[tuple[float, float, float]]] = []
    top = 0.0
    for rule in sorted(upright, key=itemgetter(1)):
        if groups and rule[1] <= top + _JOINT:
            groups[-1].append(rule)
            top = max(top, rule[2])
        else:
            groups.append([rule])
            top = rule[2]
    return [
        Box(group[0][1], max(rule[2] for rule in group), frozenset(round(rule[0]) for rule in group))
        for group in groups
    ]


def apart(rows: Sequence[VisualRow], found: Sequence[Box]) -> list[list[VisualRow]]:
    """The rows, cut between a box and single segments outside of it, which are text between two tables, and between
    boxes that are divided otherwise.
    """
    groups = [[rows[0]]]
    box = _box_of(rows[0], found)
    for above, row in pairwise(rows):
        above_box, box = box, _box_of(row, found)
        if _is_cut(above, above_box, row, box):
            groups.append([])
        groups[-1].append(row)
    return groups


def _box_of(row: VisualRow, found: Sequence[Box]) -> Box | None:
    middle = row.middle
    return next((box for box in found if box.bottom <= middle <= box.top), None)


def _is_cut(above: VisualRow, above_box: Box | None, row: VisualRow, box: Box | None) -> bool:
    if above_box and box:
        return above_box is not box and above_box.dividers != box.dividers
    outside = row if above_box else above
    return above_box is not box and len(outside.segments) == 1
