"""Prints what thresholds for a second and third quote do: how `answers.further_within` of quoth.yaml is chosen.

Usage: python bench/further_quotes.py [--workspace W] [--collection C] [--questions FILE] The questions must be others
than those that the product is judged by (docs/decisions/0013). Of the pairs that keep one of three right within the
interval of what three quotes reach, the one with the highest share of right quotes is marked.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")

import django

django.setup()

from apps.chat.answering.drafts import Question
from apps.chat.answering.pipeline import configured_rules
from apps.chat.answering.resolving import Resolved
from apps.chat.evaluation.judging import Outcome, judge
from apps.chat.evaluation.measures import Estimate, estimate, ratio
from apps.chat.evaluation.questions import read_questions
from apps.chat.evaluation.systems import retrieve_all
from apps.knowledge.config import retrieval_config
from apps.knowledge.management.short_names import find_collection
from apps.knowledge.selectors import scope_of

QUESTIONS = Path(__file__).parent / "questions" / "tuning.jsonl"
STEPS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
ALL = (99.0, 99.0)  # every quote that adds something


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workspace", default="bench")
    parser.add_argument("--collection", default="tuning")
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    options = parser.parse_args()
    scope = scope_of(find_collection(options.workspace, options.collection))
    known = [row for row in read_questions(options.questions) if row.is_judged]
    found = retrieve_all(scope, [row.question for row in known], retrieval_config().of(scope.encoder))

    def outcomes(within: tuple[float, float]) -> list[Outcome]:
        rules = configured_rules().of(scope.encoder)
        rules = replace(rules, quoting=rules.quoting.model_copy(update={"further_within": list(within)}))
        return [
            judge(row, Question(row.question, scope), Resolved(retrieval), None, rules)
            for row, retrieval in zip(known, found, strict=True)
        ]

    figures = {within: _figures(outcomes(within)) for within in (*_pairs(), ALL)}
    lowest = figures[ALL][1].low
    best = max(_pairs(), key=lambda within: (figures[within][1].value >= lowest, figures[within][0].value))
    print("second  third  quotes right            one of three right")
    for within, (right, one) in figures.items():
        chosen = "  <-" if within == best else ""
        print(f"{within[0]:6.2f} {within[1]:6.2f}  {_cell(right)}  {_cell(one)}{chosen}")


def _pairs() -> Iterator[tuple[float, float]]:
    return ((second, third) for second in STEPS for third in STEPS if third <= second)


def _figures(outcomes: Sequence[Outcome]) -> tuple[Estimate, Estimate]:
    right = ratio([row.right_quotes for row in outcomes], [len(row.draft.quotes) for row in outcomes])
    one = estimate([float(row.quote_rank > 0) for row in outcomes])
    assert right
    assert one
    return right, one


def _cell(figure: Estimate) -> str:
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


if __name__ == "__main__":
    main()
