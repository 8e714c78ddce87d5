"""What a check found: a figure beside its limit."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checks.installation import Checkout


@dataclass(frozen=True)
class Result:
    """`limit` says in words what the figure must keep, for example "<= 0.5 s"."""

    check: str
    figure: float | str
    limit: str
    passed: bool
    detail: str = ""

    def line(self) -> str:
        verdict = "ok    " if self.passed else "FAILED"
        note = f"   ({self.detail})" if self.detail else ""
        return f"{verdict} {self.check}: {self.figure}, limit {self.limit}{note}"

    def json(self) -> str:
        fields = {
            "check": self.check,
            "figure": self.figure,
            "limit": self.limit,
            "pass": self.passed,
            "detail": self.detail,
        }
        return json.dumps(fields, ensure_ascii=False)


@dataclass(frozen=True)
class Check:
    """`name` begins with the line of the issue it belongs to; `run` yields a result per figure."""

    name: str
    run: Callable[[Checkout], Iterable[Result]]
    quick: bool = False


def at_most(check: str, figure: float, limit: float, unit: str, detail: str = "") -> Result:
    return Result(check, round(figure, 3), f"<= {limit:g} {unit}".rstrip(), figure <= limit, detail)


def at_least(check: str, figure: float, limit: float, unit: str, detail: str = "") -> Result:
    return Result(check, round(figure, 3), f">= {limit:g} {unit}".rstrip(), figure >= limit, detail)


def none_of(check: str, problems: Collection[str], what: str) -> Result:
    """Passes if nothing was found; the detail shows the first findings."""
    detail = "; ".join(sorted(problems)[:3]) + (" ..." if len(problems) > 3 else "")
    return Result(check, len(problems), f"0 {what}", not problems, detail)


def p95(values: list[float]) -> float:
    """The 95th percentile by nearest rank; of 30 values the 29th."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)] if ordered else 0.0


def median(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0.0
