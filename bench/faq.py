"""Prints how the thresholds of approved answers (`faq` in quoth.yaml) are chosen, and how well they do.

Usage: QUOTH_TEST_DATA=... python bench/faq.py [--encoder NAME]
BANKING77 has 77 intents. Every second one is for tuning, the others are held out. In each part every second intent has
an entry, once with 1, once with 3 and once with 5 of its questions as wordings; up to 60 other questions of each intent
are asked, so that half of them have no entry. bench/questions/faq_pairs.jsonl has pairs that differ in little, such as
"on Saturday" and "on Sunday"; each is an FAQ of one entry. Of the thresholds at which 98 of 100 answers in the tuning
part are right and no pair of it is answered that must not be, those are chosen that answer most. Intervals by
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
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")

import django

django.setup()

from apps.chat.evaluation.measures import Estimate, estimate
from apps.chat.evaluation.questions import read_questions
from apps.knowledge.config import FaqConfig, faq_config
from apps.knowledge.faq.matching import Match, is_same_question, match_in, wordings_of
from apps.knowledge.index.embeddings import Vector
from apps.models.inference.engine import get_encoder
from apps.models.inference.interfaces import Encoder

QUESTIONS = Path(__file__).parent / "questions"
PARTS = ("tuning", "held_out")
WORDINGS = (1, 3, 5)
ASKED = 60  # of each intent
RIGHT = 0.98
AT_ONCE = 256
THRESHOLDS = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
MARGINS = (0.0, 0.05, 0.1)
CANDIDATES = [each for each in product(THRESHOLDS, THRESHOLDS, MARGINS) if each[0] <= each[1]]
Numbers = tuple[float, float, float]  # threshold, threshold of others, margin


@dataclass(frozen=True)
class Asked:
    """`right` is whether the matched entry is the right one; `has_entry` whether there is one."""

    text: str
    match: Match | None
    right: bool
    has_entry: bool

    def is_answered(self, numbers: Numbers) -> bool:
        rules = _rules(numbers)
        match = self.match
        return bool(
            match
            and match.may_answer(rules)
            and is_same_question(self.text, match.wording, match.cosine, rules)
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", help="its name in quoth.yaml; the default one if left out")
    encoder = get_encoder(parser.parse_args().encoder)
    texts, rules = Texts(encoder), faq_config().of(encoder.name)
    banking = _banking(Path(os.environ["QUOTH_TEST_DATA"]) / "banking77/train.csv")
    tuning, held_out = (
        [asked for n in WORDINGS for asked in _asked(banking, part, n, texts)] for part in PARTS
    )
    tuning_pairs, held_out_pairs = (list(_pairs(part, texts)) for part in PARTS)
    careful = [
        each
        for each in CANDIDATES
        if _right_share(tuning, each) >= RIGHT
        and not any(asked.is_answered(each) for asked in tuning_pairs if not asked.has_entry)
    ]
    chosen = max(careful, key=lambda each: (_answered(tuning, each), -each[2]))
    print(
        "tuning part: threshold, of others, margin; of covered questions answered rightly; of answers right"
    )
    for each in CANDIDATES:
        print(each, *_figures(tuning, each), "<- chosen" if each == chosen else "")
    configured = rules.threshold, rules.threshold_of_others, rules.margin
    for each in dict.fromkeys((chosen, configured)):
        print("held out:", each, *_figures(held_out, each))
        for n, rows in zip(WORDINGS, _thirds(banking, texts), strict=True):
            print(f"  with {n} wordings:", *_figures(rows, each))
        for part, pairs in zip(PARTS, (tuning_pairs, held_out_pairs), strict=True):
            print(f"  pairs, {part}:", *_pair_figures(pairs, each))
        print("  handbook tuning questions answered with another's entry:", _handbooks(texts, each))


class Texts:
    """Vectors of texts, each encoded once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: dict[str, Vector] = {}

    def vectors(self, texts: Sequence[str]) -> list[Vector]:
        missing = sorted({text for text in texts if text not in self._vectors}, key=len)
        for first in range(0, len(missing), AT_ONCE):
            chunk = missing[first : first + AT_ONCE]
            self._vectors |= dict(zip(chunk, self._encoder.encode(chunk), strict=True))
        return [self._vectors[text] for text in texts]


def _banking(path: Path) -> dict[str, list[str]]:
    by_intent: dict[str, list[str]] = {}
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            by_intent.setdefault(row["category"], []).append(row["text"])
    return dict(sorted(by_intent.items()))


def _asked(banking: dict[str, list[str]], part: str, n: int, texts: Texts) -> Iterator[Asked]:
    mine = list(banking)[PARTS.index(part) :: 2]
    entries = {number: intent for number, intent in enumerate(mine) if number % 2 == 0}
    wordings = [(text, number) for number, intent in entries.items() for text in banking[intent][:n]]
    questions = [(text, intent) for intent in mine for text in banking[intent][n : n + ASKED]]
    known = wordings_of(wordings, texts.vectors([text for text, _ in wordings]))
    for (text, intent), vector in zip(questions, texts.vectors([text for text, _ in questions]), strict=True):
        match = match_in(known, text, vector)
        found = entries[match.entry_id] if match else ""
        yield Asked(text, match, found == intent, intent in entries.values())


def _pairs(part: str, texts: Texts) -> Iterator[Asked]:
    for line in (QUESTIONS / "faq_pairs.jsonl").read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        if pair["split"] == part:
            wording, question = pair["wording"], pair["question"]
            known = wordings_of([(wording, 0)], texts.vectors([wording]))
            match = match_in(known, question, texts.vectors([question])[0])
            yield Asked(question, match, pair["same"], pair["same"])


def _handbooks(texts: Texts, numbers: Numbers) -> str:
    """Each question is the wording of an entry of its own; it is asked while that entry is missing."""
    asked = [known.question for known in read_questions(QUESTIONS / "tuning.jsonl")]
    vectors = texts.vectors(asked)
    found = []
    for place, text in enumerate(asked):
        others = [(other, number) for number, other in enumerate(asked) if number != place]
        known = wordings_of(others, [vectors[number] for _, number in others])
        match = match_in(known, text, vectors[place])
        found.append(float(Asked(text, match, False, False).is_answered(numbers)))
    return _as_text(estimate(found))


def _thirds(banking: dict[str, list[str]], texts: Texts) -> list[list[Asked]]:
    return [list(_asked(banking, "held_out", n, texts)) for n in WORDINGS]


def _rules(numbers: Numbers) -> FaqConfig:
    names = ("threshold", "threshold_of_others", "margin")
    return faq_config().model_copy(update=dict(zip(names, numbers, strict=True)))


def _figures(rows: Sequence[Asked], numbers: Numbers) -> Iterator[str]:
    covered = [row for row in rows if row.has_entry]
    yield _as_text(estimate([float(row.right and row.is_answered(numbers)) for row in covered]))
    yield _as_text(estimate([float(row.right) for row in rows if row.is_answered(numbers)]))


def _pair_figures(rows: Sequence[Asked], numbers: Numbers) -> Iterator[str]:
    yield "same ones answered"
    yield _as_text(estimate([float(row.is_answered(numbers)) for row in rows if row.has_entry]))
    yield "different ones answered"
    yield _as_text(estimate([float(row.is_answered(numbers)) for row in rows if not row.has_entry]))


def _right_share(rows: Sequence[Asked], numbers: Numbers) -> float:
    answered = [row.right for row in rows if row.is_answered(numbers)]
    return sum(answered) / len(answered) if answered else 0.0


def _answered(rows: Sequence[Asked], numbers: Numbers) -> int:
    return sum(row.right and row.is_answered(numbers) for row in rows)


def _as_text(figure: Estimate | None) -> str:
    if figure is None:
        return "-"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}] of {figure.n}"


if __name__ == "__main__":
    main()
