"""Prints the figures of a bench."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from apps.chat.evaluation.measures import Estimate

Report = dict[str, Any]


def as_json(figure: Estimate | None) -> Report | None:
    return asdict(figure) if figure else None


def value(figure: Report | None) -> float:
    """0 where nothing was measured."""
    return float(figure["value"]) if figure else 0.0


def as_text(report: Report) -> str:
    """One line for each figure: its path, its value and its interval."""
    return "\n".join(f"{'.'.join(path)}: {cell}" for path, cell in _cells(report))


def _cells(report: Report, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, figure in report.items():
        place = (*path, name)
        if not isinstance(figure, dict):
            yield place, str(figure)
        elif "low" in figure:
            yield place, f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}] n={figure['n']}"
        else:
            yield from _cells(figure, place)
