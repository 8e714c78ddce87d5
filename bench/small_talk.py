"""Prints how the thresholds of small talk (`small_talk` in quoth.yaml) are chosen, and how well they do.

Usage: QUOTH_TEST_DATA=... python bench/small_talk.py [--encoder NAME]
Small talk is that of CLINC150; questions are all its other intents, its out-of-scope questions and those of BANKING77.
Of the pairs of thresholds at which no question is taken for small talk, the one is chosen that recognises most small
talk, on the training part of CLINC150, the first half of BANKING77 and bench/questions/tuning.jsonl. The figures below
are from the validation part and the second half, which no threshold, rule or example was chosen with; intervals by
bootstrap.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")

import django
import numpy as np

django.setup()

from apps.chat.answering.small_talk import Nearest, may_be_small_talk, nearest_examples
from apps.chat.config import small_talk_config
from apps.chat.evaluation.measures import Estimate, estimate
from apps.chat.evaluation.questions import read_questions
from apps.models.config import default_encoder
from apps.models.inference.engine import get_encoder

KIND_OF = {  # by intent of CLINC150
    "greeting": "greeting",
    "goodbye": "goodbye",
    "thank_you": "thanks",
    "what_is_your_name": "identity",
    "who_made_you": "identity",
    "are_you_a_bot": "identity",
    "what_can_i_ask_you": "help",
}
NEITHER = ("small_talk", "meta")  # domains whose other intents are neither clearly small talk nor questions
OF_HANDBOOKS = Path(__file__).parent / "questions/tuning.jsonl"
EVERY = 3  # of the questions: one in so many
STEPS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
PAIRS = [(known, others) for known in STEPS for others in STEPS if known <= others]
Thresholds = tuple[float, float]


@dataclass(frozen=True)
class Row:
    """`kind` is "" for a question."""

    text: str
    kind: str
    nearest: Nearest

    def found(self, thresholds: Thresholds) -> str:
        """The kind that it is taken for, "" for a question."""
        known, others = thresholds
        rules = small_talk_config().model_copy(update={"threshold": known, "threshold_of_others": others})
        return (self.nearest.small_talk(rules) or "") if may_be_small_talk(self.text) else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", help="its name in quoth.yaml; the default one if left out")
    encoder = parser.parse_args().encoder or default_encoder()
    data = Path(os.environ["QUOTH_TEST_DATA"])
    tuning, held_out = (list(_measured(_texts(data, part), encoder)) for part in ("train", "val"))
    careful = [pair for pair in PAIRS if not _wrong(tuning, pair)]
    chosen = max(careful, key=lambda pair: _recognised(tuning, pair))
    print("tuning part: thresholds, small talk recognised, of the right kind, questions taken for it")
    for pair in PAIRS:
        print(pair, *_figures(tuning, pair), "<- chosen" if pair == chosen else "")
    rules = small_talk_config().of(encoder)
    configured = rules.threshold, rules.threshold_of_others
    for pair in dict.fromkeys((chosen, configured)):
        print("held out:", pair, *_figures(held_out, pair))
        print("  of what is taken for small talk, small talk:", _as_text(_precision(held_out, pair)))
        for row in held_out:
            if not row.kind and row.found(pair):
                print(f"  taken for {row.found(pair)}: {row.text}")


def _texts(data: Path, part: str) -> Iterator[tuple[str, str]]:
    """(text, kind)"""
    clinc = json.loads((data / "clinc150/train_val.json").read_text(encoding="utf-8"))
    domains = json.loads((data / "clinc150/domains.json").read_text(encoding="utf-8"))
    neither = {intent for domain in NEITHER for intent in domains[domain]} - KIND_OF.keys()
    yield from ((text, KIND_OF[intent]) for text, intent in clinc[part] if intent in KIND_OF)
    with (data / "banking77/train.csv").open(encoding="utf-8") as file:
        banking = [row["text"] for row in csv.DictReader(file)]
    asked = [text for text, intent in clinc[part] if intent not in neither and intent not in KIND_OF]
    asked += [text for text, _ in clinc[f"oos_{part}"]]
    asked += banking[::2] if part == "train" else banking[1::2]
    yield from ((text, "") for text in asked[::EVERY])
    if part == "train":
        yield from ((known.question, "") for known in read_questions(OF_HANDBOOKS))


def _measured(texts: Iterator[tuple[str, str]], name: str) -> Iterator[Row]:
    encoder, rows = get_encoder(name), list(texts)
    for (text, kind), nearest in zip(
        rows, nearest_examples(encoder, [text for text, _ in rows]), strict=True
    ):
        yield Row(text, kind, nearest)


def _figures(rows: Sequence[Row], pair: Thresholds) -> Iterator[str]:
    talk = [row for row in rows if row.kind]
    yield _as_text(estimate([float(bool(row.found(pair))) for row in talk]))
    yield _as_text(estimate([float(row.found(pair) == row.kind) for row in talk]))
    yield _as_text(estimate([float(bool(row.found(pair))) for row in rows if not row.kind]), digits=4)


def _wrong(rows: Sequence[Row], pair: Thresholds) -> bool:
    return any(row.found(pair) for row in rows if not row.kind)


def _recognised(rows: Sequence[Row], pair: Thresholds) -> float:
    return float(np.mean([bool(row.found(pair)) for row in rows if row.kind]))


def _precision(rows: Sequence[Row], pair: Thresholds) -> Estimate | None:
    return estimate([float(bool(row.kind)) for row in rows if row.found(pair)])


def _as_text(figure: Estimate | None, digits: int = 3) -> str:
    if figure is None:
        return "-"
    return f"{figure.value:.{digits}f} [{figure.low:.{digits}f}, {figure.high:.{digits}f}] of {figure.n}"


if __name__ == "__main__":
    main()
