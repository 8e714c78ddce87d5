"""Measures follow-up questions: recall@5 on dialogues beside the last turn alone and all turns joined,
and answers to follow-ups beside the same questions written out.

Usage: QUOTH_TEST_DATA=... python -m bench.dialogues WORKSPACE --dialogues COLLECTION --handbooks COLLECTION
COLLECTION for the dialogues is the folder `gov` of bench/tuning_collections.py, for the handbooks the collection of
bench/questions/tuning.jsonl. Both sets are for tuning. Intervals are of 2,000 bootstrap samples; exit code 1 if a limit
is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")

import django

django.setup()

from apps.chat.answering.drafts import Question
from apps.chat.answering.pipeline import configured_rules
from apps.chat.answering.quoting import choose_quotes
from apps.chat.answering.resolving import Resolved, retrieve_resolved
from apps.chat.config import AnswerConfig
from apps.chat.evaluation.history import KnownTurn, turns_of
from apps.chat.evaluation.measures import Estimate, estimate, ratio
from apps.chat.evaluation.questions import KnownQuestion
from apps.chat.evaluation.systems import HYBRID, retrieve_all, systems
from apps.knowledge.index.scope import Scope
from apps.knowledge.management.short_names import find_collection
from apps.knowledge.search.results import Retrieval
from apps.knowledge.selectors import scope_of
from bench.tuning_collections import page_of

OWN = Path(__file__).parent / "questions" / "tuning_dialogues.jsonl"
FOUND, AS_WHOLE = 1.08, 0.70  # limits
DOCUMENTS = 5
Row = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workspace")
    parser.add_argument("--dialogues")
    parser.add_argument("--handbooks")
    options = parser.parse_args()
    ratios = []
    if options.dialogues:
        ratios.append((_found(scope_of(find_collection(options.workspace, options.dialogues))), FOUND))
    if options.handbooks:
        ratios.append((_as_whole(scope_of(find_collection(options.workspace, options.handbooks))), AS_WHOLE))
    return int(any(figure is None or figure.value < limit for figure, limit in ratios))


def _found(scope: Scope) -> Estimate | None:
    """Prints recall@5 and its ratio to the better of the two baselines."""
    rows = [row for row in _lines(_data() / "dialogues" / "tasks.jsonl") if row["gold_passages"]]
    history = [_history(row["history"]) for row in rows]
    last = [row["question"].strip() for row in rows]
    joined = [
        " ".join([*(turn.question for turn in turns), text])
        for turns, text in zip(history, last, strict=True)
    ]
    compared = {
        "last turn only": [Resolved(each) for each in _search(scope, last)],
        "all turns joined": [Resolved(each) for each in _search(scope, joined)],
        "quoth": _resolve(scope, last, history),
    }
    recalls = {
        name: [_recall(each.retrieval, row["gold_passages"]) for each, row in zip(found, rows, strict=True)]
        for name, found in compared.items()
    }
    _report("all turns of the dialogues", recalls)
    later = [n for n, turns in enumerate(history) if turns]
    return _report(
        "turns after the first", {name: [values[n] for n in later] for name, values in recalls.items()}
    )


def _report(split: str, recalls: dict[str, list[float]]) -> Estimate | None:
    for name, values in recalls.items():
        print(f"{split}, recall@{DOCUMENTS}, {name}: {_text(estimate(values))}")
    best = max(("last turn only", "all turns joined"), key=lambda name: sum(recalls[name]))
    figure = ratio(recalls["quoth"], recalls[best])
    print(f"{split}, quoth / {best}: {_text(figure)} (limit {FOUND})")
    return figure


def _as_whole(scope: Scope) -> Estimate | None:
    """Prints how many follow-ups have a right quote, relative to the same questions written out."""
    rows = _lines(OWN)
    known = [KnownQuestion.model_validate(row) for row in rows]
    followed = _resolve(scope, [row.question for row in known], [row.history for row in known])
    whole = [Resolved(each) for each in _search(scope, [row["whole"] for row in rows])]
    alone = [Resolved(each) for each in _search(scope, [row.question for row in known])]
    quoting = configured_rules().of(scope.encoder).quoting
    right = {
        name: [float(_is_right(row, each, quoting)) for row, each in zip(known, found, strict=True)]
        for name, found in {"follow-ups": followed, "written out": whole, "last turn only": alone}.items()
    }
    for name, values in right.items():
        print(f"tuning handbooks, one of three quotes right, {name}: {_text(estimate(values))}")
    figure = ratio(right["follow-ups"], right["written out"])
    print(f"tuning handbooks, follow-ups / written out: {_text(figure)} (limit {AS_WHOLE})")
    return figure


def _is_right(known: KnownQuestion, found: Resolved, quoting: AnswerConfig) -> bool:
    quotes = choose_quotes(found.retrieval.passages, quoting, found.retrieval.question)
    return any(known.is_right(quote.document_path, quote.text) for quote in quotes[:3])


def _resolve(scope: Scope, texts: Sequence[str], histories: Sequence[Sequence[KnownTurn]]) -> list[Resolved]:
    rules = configured_rules().of(scope.encoder)
    asked = [
        Question(text, scope, turns_of(turns, rules.follow_ups.turns))
        for text, turns in zip(texts, histories, strict=True)
    ]
    return retrieve_resolved(scope, asked, _search, rules.follow_ups, rules.decision)


def _search(scope: Scope, texts: Sequence[str]) -> list[Retrieval]:
    return retrieve_all(scope, texts, systems(scope.encoder)[HYBRID])


def _recall(found: Retrieval, gold: Sequence[str]) -> float:
    """The share of the gold documents among the first five documents."""
    first = list(dict.fromkeys(row.document_path for row in found.passages))[:DOCUMENTS]
    wanted = {page_of(passage) for passage in gold}
    return len(wanted.intersection(first)) / len(wanted)


def _history(rows: Sequence[Row]) -> list[KnownTurn]:
    """The agent's replies count as quotes."""
    turns: list[KnownTurn] = []
    for row in rows:
        if row["speaker"] == "user":
            turns.append(KnownTurn(question=row["text"]))
        elif turns:
            turns[-1] = KnownTurn(question=turns[-1].question, quotes=(row["text"],))
    return turns


def _lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _data() -> Path:
    return Path(os.environ["QUOTH_TEST_DATA"])


def _text(figure: Estimate | None) -> str:
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}] (n {figure.n})" if figure else "none"


if __name__ == "__main__":
    sys.exit(main())
