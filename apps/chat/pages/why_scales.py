"""Positions and lengths of bars, in per cent of a chart's width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True)
class Bar:
    """SVG attributes; `text` is what the bar stands for, if it is shown beside it."""

    x: str
    width: str
    text: str = ""


def percent(share: float) -> str:
    """Of a share between 0 and 1; what lies outside is cut off."""
    return f"{100 * min(1.0, max(0.0, share)):.1f}%"


def of_highest(values: Sequence[float]) -> list[Bar]:
    """Bars from the left; the highest value fills the chart."""
    highest = max(values, default=0.0)
    return [Bar("0%", percent(value / highest if highest > 0 else 0.0)) for value in values]


def of_one(values: Sequence[float]) -> list[Bar]:
    """Bars from the left; 1 fills the chart."""
    return [Bar("0%", percent(value)) for value in values]


def between(values: Sequence[float]) -> list[Bar]:
    """The same for values without a zero: the lowest has a short bar."""
    lowest, highest = min(values, default=0.0), max(values, default=0.0)
    spread = (highest - lowest) or 1.0
    return [Bar("0%", percent(0.05 + 0.95 * (value - lowest) / spread)) for value in values]


def around_zero(values: Sequence[float]) -> list[Bar]:
    """Bars to the left and right of the middle."""
    longest = max((abs(value) for value in values), default=0.0) or 1.0
    halves = [value / longest / 2 for value in values]
    return [Bar(percent(0.5 + min(half, 0.0)), percent(abs(half))) for half in halves]


def in_sequence(values: Sequence[float]) -> list[Bar]:
    """Bars one after the other; together they fill the chart."""
    total = sum(values) or 1.0
    starts = accumulate(values, initial=0.0)
    return [
        Bar(percent(start / total), percent(value / total))
        for start, value in zip(starts, values, strict=False)
    ]
