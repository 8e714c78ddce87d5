"""A report as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.chat.evaluation.report import Report


def as_table(figures: Report) -> str:
    return "\n".join(_lines(figures))


def _lines(figures: Report) -> Iterator[str]:
    yield f"{figures['questions']} questions; shares with 95 % bootstrap intervals"
    names = list(figures["systems"])
    yield f"{'':<12}" + "".join(f"{name:>26}" for name in names)
    for group in ("retrieval", "answers"):
        for figure in figures["systems"][names[0]][group]:
            cells = (_cell(figures["systems"][name][group][figure]) for name in names)
            yield f"{figure:<12}" + "".join(f"{cell:>26}" for cell in cells)
    better = figures["advantage"]
    yield f"one of three quotes right: {_cell(better['top3'])} times as many as {better['over']} alone"
    for group, name in (("answerable", "questions with an answer"), ("all", "all questions")):
        yield f"shown quotes that are right, {name}: {_cell(figures['quotes_right'][group])}"
    yield f"quotes in an answer: {_cell(figures['quotes_right']['each'])}"
    yield f"calibration error of the first quote's probability: {figures['quotes_right']['calibration_error']}"
    yield from _refusal_lines(figures["refusal"])


def _refusal_lines(refusal: Report) -> Iterator[str]:
    for kind, row in refusal["by_kind"].items():
        yield f"refused, {kind} ({row['n']}): {_cell(row['refused'])}"
    for status, figure in refusal["right_of_100"].items():
        yield f"of 100 shown as {status}, with a right quote: {_cell(figure)}"
    yield "auroc of the confidence: " + ", ".join(
        f"{kind} {value}" for kind, value in refusal["auroc"].items()
    )
    yield "refused below a confidence of"
    for row in refusal["curve"]:
        shares = "".join(f"  {kind} {share:.2f}" for kind, share in row.items() if kind != "threshold")
        yield f"  {row['threshold']:.2f}{shares}"


def _cell(figure: dict[str, Any] | None) -> str:
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]" if figure else "-"
