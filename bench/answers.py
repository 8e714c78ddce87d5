"""Measures the answers to the questions to judge by, of this checkout and of another one in the same run.

Usage: QUOTH_TEST_DATA=... python bench/answers.py [--against CHECKOUT] [--json]

The questions are bench/questions/{paraphrases,followups,nearmisses}.jsonl and handbook.jsonl; nothing was chosen with
them. The pages are loaded into a temporary data folder for each checkout. One of three is judged with nothing refused;
what is shown, with the shipped thresholds. A checkout whose `evaluate` takes no `history` is asked the follow-ups as
they are typed. Covered questions, for near misses and calibration, are the paraphrases and the follow-ups written out.
Intervals are 95 % bootstrap intervals. Exit code 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from apps.chat.evaluation.measures import (
    Estimate,
    auroc,
    calibration_error,
    estimate,
    let_through,
    ratio,
    resampled,
)
from apps.chat.evaluation.questions import KnownQuestion
from bench.checkouts import OPEN, SHIPPED, Checkout, Row, checkouts
from bench.figures import as_json, as_text, value

QUESTIONS = ROOT / "bench" / "questions"
PAGES = {"login": "kb-login-gov/content/_en", "handbook": "kb-18f-handbook/pages"}
PARAPHRASES, FOLLOWUPS, WHOLE, NEAR, OLD = "paraphrases", "followups", "whole", "nearmisses", "handbook"
COVERED = (PARAPHRASES, WHOLE)
QUOTES = 3


@dataclass(frozen=True)
class Answered:
    """A question with its answer with nothing refused and as it is shipped."""

    part: str
    collection: str
    known: KnownQuestion
    opened: Row
    shipped: Row

    @property
    def is_right(self) -> bool:
        """Whether one of the first three quotes is right."""
        return any(self._rights(self.opened)[:QUOTES])

    @property
    def shown(self) -> list[bool]:
        """Whether each shown quote is right."""
        return self._rights(self.shipped)

    @property
    def confidence(self) -> float:
        return float(self.shipped["confidence"])

    def _rights(self, answer: Row) -> list[bool]:
        known = self.known
        return [
            known.answerable and known.is_right(each["document"], each["text"]) for each in answer["quotes"]
        ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--against", type=Path, help="a checkout of the engine to compare with")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    found: dict[str, list[Answered]] = {}
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, checkout in checkouts(options.against, Path(folder)):
            found[name] = answered(checkout)
            report[name] = {"commit": checkout.commit} | figures(found[name])
    if options.against:
        report["paraphrases_ratio"] = as_json(paraphrases_ratio(found["ours"], found["against"]))
    report["bars"] = bars(report)
    print(json.dumps(report, indent=1) if options.json else as_text(report))
    return 0 if all(report["bars"].values()) else 1


def answered(checkout: Checkout) -> list[Answered]:
    data = Path(os.environ["QUOTH_TEST_DATA"])
    found: list[Answered] = []
    for collection, pages in PAGES.items():
        print(f"{checkout.folder}: {collection}", file=sys.stderr)
        checkout.load(collection, data / pages)
        rows = list(questions_about(collection))
        opened, shipped = (checkout.answers(collection, rows, config) for config in (OPEN, SHIPPED))
        for row in rows:
            known = KnownQuestion.model_validate(row)
            found.append(Answered(row["part"], collection, known, opened[known.id], shipped[known.id]))
    return found


def questions_about(collection: str) -> Iterable[Row]:
    for part, name in ((PARAPHRASES,) * 2, (FOLLOWUPS,) * 2, (WHOLE, FOLLOWUPS), (NEAR,) * 2, (OLD,) * 2):
        for line in (QUESTIONS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = {"collection": "handbook", **json.loads(line)}
            if row["collection"] == collection:
                yield asked(row, part)


def asked(row: Row, part: str) -> Row:
    """A line for `evaluate`. A question that is written out has no history."""
    own = {key: value for key, value in row.items() if key not in ("whole", "style", "document")}
    if part == WHOLE:
        own = {key: value for key, value in own.items() if key != "history"} | {"question": row["whole"]}
    return own | {"part": part, "id": f"{part}/{row['id']}"}


def figures(found: Sequence[Answered]) -> dict[str, Any]:
    """Of both knowledge bases together and of each."""
    return {"all": figures_of(found)} | {
        name: figures_of([row for row in found if row.collection == name and row.part != OLD])
        for name in PAGES
    }


def figures_of(found: Sequence[Answered]) -> dict[str, Any]:
    def of(*parts: str) -> list[Answered]:
        return [row for row in found if row.part in parts]

    covered, near, followups = of(*COVERED), of(NEAR), of(FOLLOWUPS)
    old = [row for row in of(OLD) if row.known.answerable]
    judged = {"one_of_three": {part: share(of(part)) for part in (PARAPHRASES, FOLLOWUPS, WHOLE)}}
    judged["one_of_three"][OLD] = share(old)
    return judged | {
        "followups_of_whole": as_json(ratio(rights(followups), rights(of(WHOLE)))),
        "near": {"auroc": apart(auroc, covered, near), "let_through": apart(let_through, covered, near)},
        "near_shown": as_json(estimate([float(bool(row.shown)) for row in near])),
        "covered_shown": as_json(estimate([float(bool(row.shown)) for row in covered])),
        "shown_right": {
            part: as_json(ratio([sum(row.shown) for row in rows], [len(row.shown) for row in rows]))
            for part, rows in (("covered", covered), ("covered_and_near", covered + near), (OLD, old))
        },
        "quotes_per_answer": as_json(estimate([float(len(row.shown)) for row in covered if row.shown])),
        "calibration_error": calibration(covered + near),
    }


def rights(found: Iterable[Answered]) -> list[float]:
    return [float(row.is_right) for row in found]


def share(found: Iterable[Answered]) -> Row | None:
    return as_json(estimate(rights(found)))


def apart(
    statistic: Callable[..., float | None], covered: Iterable[Answered], near: Iterable[Answered]
) -> Row | None:
    stated = ([row.confidence for row in rows] for rows in (covered, near))
    return as_json(resampled(statistic, *stated))


def calibration(found: Iterable[Answered]) -> float | None:
    """Depends on the mix of questions: two covered ones for each near miss."""
    rows = list(found)
    return calibration_error([row.confidence for row in rows], [row.known.answerable for row in rows])


def paraphrases_ratio(ours: Iterable[Answered], theirs: Iterable[Answered]) -> Estimate | None:
    return ratio(*(rights(row for row in rows if row.part == PARAPHRASES) for rows in (ours, theirs)))


def bars(report: dict[str, Any]) -> dict[str, bool]:
    ours = report["ours"]["all"]
    near = {name: figure["value"] for name, figure in ours["near"].items()}
    reached = {
        "follow-ups >= .70 of the whole questions": value(ours["followups_of_whole"]) >= 0.70,
        "near misses: AUROC >= .80": near["auroc"] >= 0.80,
        "near misses: let through at 95 % kept <= .45": near["let_through"] <= 0.45,
        "old handbook questions: one of three >= .75": value(ours["one_of_three"][OLD]) >= 0.75,
        "shown quotes right >= .65": value(ours["shown_right"]["covered"]) >= 0.65,
        "calibration error <= .05": ours["calibration_error"] <= 0.05,
    }
    if "paraphrases_ratio" in report:
        reached["paraphrases >= 2.0 x the other checkout"] = value(report["paraphrases_ratio"]) >= 2.0
    return reached


if __name__ == "__main__":
    raise SystemExit(main())
