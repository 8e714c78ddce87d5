"""Fits the decision (`decision:` in quoth.yaml) and prints it, with figures for questions that were not used for it.

Usage: QUOTH_TEST_DATA=... python bench/fit_decision.py WORKSPACE NAME=QUESTIONS.jsonl [NAME=QUESTIONS.jsonl ...] A
NAME is a collection of the workspace, and the file contains its questions. More examples are generated: each
answerable question is asked again without the passages that contain its answer, and the out-of-scope questions of
CLINC150 are asked of each collection.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")

import django
import numpy as np
import numpy.typing as npt

django.setup()

from apps.chat.evaluation.measures import auroc
from apps.chat.evaluation.questions import KnownQuestion, read_questions
from apps.knowledge.index.scope import Scope, Snapshot
from apps.knowledge.index.stores.factory import get_store
from apps.knowledge.index.stores.protocol import KnowledgeStore, Vectors
from apps.knowledge.management.short_names import find_collection
from apps.knowledge.models import Passage, Sentence
from apps.knowledge.search.results import Evidence
from apps.knowledge.search.retrieval import retrieve_from
from apps.knowledge.selectors import scope_of

# Coverage, BM25 and the margin show whether the passage was removed in SQuAD, whose questions repeat its words. For a
# handbook and questions in users' words they only make off-topic questions harder to recognise (AUROC .97, not .99).
SIGNALS = ("sentence_cosine", "noise_floor")
FOLDS = 10
RIDGE = 1.0
# The total weight of each group: half answerable, half not. Most of the latter is off topic, where errors are worst.
SHARES = {"covered": 0.5, "off_topic": 0.3, "near": 0.1, "gone": 0.1}
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    group: str
    collection: str
    question: str
    evidence: Evidence

    @property
    def is_answerable(self) -> bool:
        return self.group == "covered"

    @property
    def fold(self) -> int:
        """Determined by the question, so that the same question is never in both parts."""
        return zlib.crc32(self.question.encode()) % FOLDS


class Without:
    """A store without some passages."""

    def __init__(self, store: KnowledgeStore, gone: Collection[int]) -> None:
        self._store = store
        self._gone = set(gone)
        self._said = set(Sentence.objects.filter(passage__in=self._gone).values_list("pk", flat=True))

    def nearest_passages(self, snapshot: Snapshot, vectors: Vectors, k: int) -> list[list[int]]:
        found = self._store.nearest_passages(snapshot, vectors, k + len(self._gone))
        return [[pk for pk in each if pk not in self._gone] for each in found]

    def nearest_sentences(self, snapshot: Snapshot, vectors: Vectors, k: int) -> list[dict[int, int]]:
        found = self._store.nearest_sentences(snapshot, vectors, k + len(self._said))
        return [{pk: passage for pk, passage in each.items() if pk not in self._said} for each in found]

    def matching_passages(self, snapshot: Snapshot, terms: Collection[str]) -> set[int]:
        return self._store.matching_passages(snapshot, terms) - self._gone

    def neighbours(self, snapshot: Snapshot, passage_ids: Sequence[int]) -> set[int]:
        return self._store.neighbours(snapshot, passage_ids) - self._gone


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workspace")
    parser.add_argument("sources", nargs="+", metavar="NAME=QUESTIONS.jsonl")
    options = parser.parse_args()
    examples: list[Example] = []
    for source in options.sources:
        name, _, path = source.partition("=")
        scope = scope_of(find_collection(options.workspace, name))
        examples += _examples(name, scope, read_questions(Path(path)) if path else [])
        print(f"{name}: {len(examples)} examples so far", file=sys.stderr)
    _print(examples)


def _examples(name: str, scope: Scope, known: Sequence[KnownQuestion]) -> Iterator[Example]:
    store = get_store()
    groups = {
        "covered": [row.question for row in known if row.answerable],
        "near": [row.question for row in known if not row.answerable],
        "off_topic": _out_of_scope(),
    }
    for group, questions in groups.items():
        for question, found in zip(questions, retrieve_from(store, scope, questions), strict=True):
            yield Example(group, name, question, found.evidence)
    passages = list(
        Passage.objects.filter(collection__in=scope.collection_ids).values_list(
            "pk", "version__document__path", "text"
        )
    )
    for row in known:
        if row.answerable:
            gone = [pk for pk, path, text in passages if row.is_right(path, text)]
            lost = cast("KnowledgeStore", Without(store, gone))
            yield Example("gone", name, row.question, retrieve_from(lost, scope, [row.question])[0].evidence)


def _out_of_scope() -> list[str]:
    rows = json.loads((Path(os.environ["QUOTH_TEST_DATA"]) / "clinc150" / "train_val.json").read_text())
    return [text for part in ("oos_train", "oos_val") for text, _ in rows[part]]


def _print(examples: Sequence[Example]) -> None:
    signals = np.array([[getattr(row.evidence, name) for name in SIGNALS] for row in examples], np.float64)
    labels = np.array([row.is_answerable for row in examples], np.float64)
    weights = _weights(examples)
    folds = np.array([row.fold for row in examples])
    held_out = np.zeros(len(examples))
    for fold in range(FOLDS):
        rest = folds != fold
        held_out[~rest] = chances_of(fit(signals[rest], labels[rest], weights[rest]), signals[~rest])
    final = fit(signals, labels, weights)
    print(f"decision:\n  intercept: {final[0]:.3f}\n  weights:")
    for name, weight in zip(SIGNALS, final[1:], strict=True):
        print(f"    {name}: {weight:.3f}")
    _print_held_out(examples, held_out)


def _weights(examples: Sequence[Example]) -> Floats:
    """Within a group, all collections have the same weight, whatever their number of questions."""
    sizes = Counter((row.group, row.collection) for row in examples)
    collections = Counter(group for group, _ in sizes)
    return np.array(
        [
            SHARES[row.group] / collections[row.group] / sizes[row.group, row.collection] * len(examples)
            for row in examples
        ]
    )


def fit(signals: Floats, labels: Floats, weights: Floats) -> Floats:
    """Logistic regression with a small ridge on standardised signals, by Newton's method; returns weights for plain
    signals.
    """
    mean, spread = signals.mean(axis=0), signals.std(axis=0)
    rows = np.column_stack([np.ones(len(signals)), (signals - mean) / spread])
    ridge = np.diag([0.0, *[RIDGE] * signals.shape[1]])
    found = np.zeros(rows.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-rows @ found))
        curvature = (rows * (weights * chance * (1 - chance))[:, None]).T @ rows + ridge
        found += np.linalg.solve(curvature, rows.T @ (weights * (labels - chance)) - ridge @ found)
    slopes = found[1:] / spread
    plain: Floats = np.array([found[0] - slopes @ mean, *slopes])
    return plain


def chances_of(fitted: Floats, signals: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-(fitted[0] + signals @ fitted[1:])))
    return found


def _print_held_out(examples: Sequence[Example], chances: Floats) -> None:
    """Print figures for questions that were not used for fitting."""
    groups: dict[str, list[float]] = {}
    for row, chance in zip(examples, chances, strict=True):
        groups.setdefault(f"{row.group}/{row.collection}", []).append(float(chance))
    covered = [chance for name, values in groups.items() if name.startswith("covered") for chance in values]
    print("# held out; auroc against all covered questions, and the share refused below a confidence of")
    steps = [round(0.1 + 0.05 * n, 2) for n in range(13)]
    print("#" + " " * 31 + "auroc  " + " ".join(f"{step:5.2f}" for step in steps))
    for name, values in groups.items():
        shares = " ".join(f"{np.mean(np.array(values) < step):5.2f}" for step in steps)
        separation = "" if name.startswith("covered") else f"{auroc(covered, values):.3f}"
        print(f"# {name:<24} {len(values):4}  {separation:<5}  {shares}")


if __name__ == "__main__":
    main()
