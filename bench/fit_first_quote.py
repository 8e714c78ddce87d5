"""Fits how probable it is that the first quote answers (`decision.first_quote` in quoth.yaml) and prints it, with
figures for each collection by a model that was fitted without it.

Usage: python -m bench.fit_first_quote WORKSPACE NAME=QUESTIONS.jsonl NAME=QUESTIONS.jsonl [...]
Each NAME is a collection of the workspace, and the file contains its questions, which must be others than those that
the product is judged by (docs/decisions/0013). All collections have the same weight.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")

import django
import numpy as np

django.setup()

from apps.chat.answering.decision import probability
from apps.chat.answering.pipeline import AnswerRules, configured_rules
from apps.chat.answering.quote_chance import QuoteSignals, quote_signals
from apps.chat.answering.quoting import choose_quotes
from apps.chat.evaluation.measures import auroc, calibration_error
from apps.chat.evaluation.questions import KnownQuestion, read_questions
from apps.chat.evaluation.systems import retrieve_all
from apps.knowledge.config import retrieval_config
from apps.knowledge.management.short_names import find_collection
from apps.knowledge.search.results import Retrieval
from apps.knowledge.selectors import scope_of
from bench.fit_decision import Floats, chances_of, fit

SIGNALS = ["similarity", "noise_floor", "lead"]
STEPS = [round(0.3 + 0.05 * n, 2) for n in range(12)]
MOST_WRONG = 0.1  # of strong matches, in each collection


@dataclass(frozen=True)
class Example:
    """`right` says which of the quotes that would be shown are right. `is_quoted` unless the question is refused."""

    signals: QuoteSignals
    right: tuple[bool, ...]
    is_quoted: bool


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workspace")
    parser.add_argument("sources", nargs="+", metavar="NAME=QUESTIONS.jsonl")
    parser.add_argument("--signals", nargs="+", choices=SIGNALS, default=SIGNALS, help="all if left out")
    options = parser.parse_args()
    signals: list[str] = options.signals
    examples = {}
    for source in options.sources:
        name, _, path = source.partition("=")
        examples[name] = list(_examples(options.workspace, name, read_questions(Path(path))))
        print(f"{name}: {len(examples[name])} questions", file=sys.stderr)
    for name, rows in examples.items():
        others = {other: examples[other] for other in examples if other != name}
        _print_held_out(name, rows, _chances(_fitted(others, signals), rows, signals))
    final = _fitted(examples, signals)
    print(f"first_quote:\n  intercept: {final[0]:.3f}\n  weights:")
    for signal, weight in zip(signals, final[1:], strict=True):
        print(f"    {signal}: {weight:.3f}")


def _examples(workspace: str, name: str, known: Sequence[KnownQuestion]) -> Iterator[Example]:
    scope = scope_of(find_collection(workspace, name))
    rules = configured_rules().of(scope.encoder)
    judged = [row for row in known if row.is_judged or not row.answerable]
    found = retrieve_all(scope, [row.question for row in judged], retrieval_config().of(scope.encoder))
    for row, retrieval in zip(judged, found, strict=True):
        example = _example(row, retrieval, rules)
        if example is not None:
            yield example


def _example(known: KnownQuestion, retrieval: Retrieval, rules: AnswerRules) -> Example | None:
    quotes = choose_quotes(retrieval.passages, rules.quoting, retrieval.question)
    if not quotes:
        return None
    signals = quote_signals(quotes[0], retrieval.passages, retrieval.evidence.noise_floor)
    right = tuple(known.is_judged and known.is_right(each.document_path, each.text) for each in quotes)
    confidence = probability(retrieval.evidence, rules.decision)
    return Example(signals, right, confidence >= rules.decision.quoted_from)


def _fitted(examples: Mapping[str, Sequence[Example]], signals: Sequence[str]) -> Floats:
    rows = [row for each in examples.values() for row in each]
    weights = np.concatenate(
        [np.full(len(each), len(rows) / len(examples) / len(each)) for each in examples.values()]
    )
    return fit(_matrix(rows, signals), np.array([row.right[0] for row in rows], np.float64), weights)


def _matrix(rows: Sequence[Example], signals: Sequence[str]) -> Floats:
    return np.array([[getattr(row.signals, name) for name in signals] for row in rows], np.float64)


def _chances(fitted: Floats, rows: Sequence[Example], signals: Sequence[str]) -> Floats:
    return chances_of(fitted, _matrix(rows, signals))


def _print_held_out(name: str, rows: Sequence[Example], chances: Floats) -> None:
    first = [row.right[0] for row in rows]
    values = chances.tolist()
    parted = auroc(
        [value for value, right in zip(values, first, strict=True) if right],
        [value for value, right in zip(values, first, strict=True) if not right],
    )
    print(
        f"# {name}, fitted without it: auroc {parted}, calibration error {calibration_error(values, first)}"
    )
    print("#   from  share of answers  one quote right  below it")
    quoted = np.array([row.is_quoted for row in rows])
    one = np.array([any(row.right) for row in rows])
    for step in STEPS:
        above, below = quoted & (chances >= step), quoted & (chances < step)
        passed = "  <= a tenth wrong" if above.any() and one[above].mean() >= 1 - MOST_WRONG else ""
        print(
            f"#   {step:.2f}  {above.sum() / quoted.sum():.3f}  {_mean(one[above])}  {_mean(one[below])}{passed}"
        )


def _mean(values: Floats) -> str:
    return f"{values.mean():.3f}" if len(values) else "-"


if __name__ == "__main__":
    main()
