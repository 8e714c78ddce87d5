"""The horizontal and vertical rules that a PDF page draws: lines, and the edges of boxes."""

from __future__ import annotations

from dataclasses import dataclass, field

import pypdfium2.raw as pdfium

from apps.knowledge.parsing.pdf_calls import path_bounds

_MOST_OBJECTS = 20_000  # of a page that are looked at
_MOST_RULES = 2_000  # in one direction; more are a drawing
_THIN = 4.0  # points
_LONG = 8.0

Span = tuple[float, float, float]  # place across, start, end


@dataclass
class Rules:
    """`across` are (y, left, right), `upright` are (x, bottom, top)."""

    across: list[Span] = field(default_factory=list)
    upright: list[Span] = field(default_factory=list)


def page_rules(page: pdfium.FPDF_PAGE) -> Rules:
    rules = Rules()
    for bounds in path_bounds(page, _MOST_OBJECTS):
        _add(rules, *bounds)
    if max(len(rules.across), len(rules.upright)) > _MOST_RULES:
        return Rules()
    return rules


def _add(rules: Rules, left: float, bottom: float, right: float, top: float) -> None:
    wide, high = right - left, top - bottom
    if high <= _THIN and wide >= _LONG:
        rules.across.append(((bottom + top) / 2, left, right))
    elif wide <= _THIN and high >= _LONG:
        rules.upright.append(((left + right) / 2, bottom, top))
    elif high > _THIN and wide > _THIN:
        rules.across += [(bottom, left, right), (top, left, right)]
        rules.upright += [(left, bottom, top), (right, bottom, top)]
