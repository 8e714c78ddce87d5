"""The figures of an evaluation as one JSON object."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from apps.chat.answering.drafts import Status
from apps.chat.config import decision_config
from apps.chat.evaluation.judging import WEAK, Outcome
from apps.chat.evaluation.measures import Estimate, auroc, calibration_error, estimate, ratio
from apps.chat.evaluation.systems import BM25, COSINE, HYBRID

CUTS = (1, 3, 5, 20)
CURVE = tuple(round(step * 0.05, 2) for step in range(1, 20))

Outcomes = Sequence[Outcome]
Report = dict[str, Any]


def report(by_system: Mapping[str, Outcomes], encoder: str) -> Report:
    """`by_system` has outcomes of the same questions in the same order. Figures on refusals are those of HYBRID."""
    ours = by_system[HYBRID]
    return {
        "questions": len(ours),
        "systems": {name: _quality(outcomes) for name, outcomes in by_system.items()},
        "advantage": _advantage(by_system),
        "quotes_right": _quotes_right(ours),
        "refusal": {"thresholds": decision_config().of(encoder).thresholds(), **_refusal(ours)},
    }


def _quality(outcomes: Outcomes) -> Report:
    judged = [row for row in outcomes if row.question.is_judged]

    def share(right: Callable[[Outcome], float]) -> Report | None:
        return _as_json(estimate([float(right(row)) for row in judged]))

    return {
        "retrieval": {
            **{f"hit@{cut}": share(partial(_found_passage, cut)) for cut in CUTS},
            "mrr": share(lambda row: 1 / row.passage_rank if row.passage_rank else 0.0),
        },
        "answers": {f"top{cut}": share(partial(_found_quote, cut)) for cut in (1, 3)},
    }


def _found_passage(cut: int, row: Outcome) -> bool:
    return 0 < row.passage_rank <= cut


def _found_quote(cut: int, row: Outcome) -> bool:
    return 0 < row.quote_rank <= cut


def _advantage(by_system: Mapping[str, Outcomes]) -> Report:
    """The share with one of the first three quotes right, relative to the better of the plain systems."""
    right = {name: [float(0 < row.quote_rank <= 3) for row in rows if row.question.is_judged]
             for name, rows in by_system.items()}  # fmt: skip
    best = max((BM25, COSINE), key=lambda name: sum(right[name]))
    return {"over": best, "top3": _as_json(ratio(right[HYBRID], right[best]))}


def _quotes_right(outcomes: Outcomes) -> Report:
    """The share of shown quotes that are right, resampled by question: of questions that have an answer, and of all.
    `each` is the number of quotes in an answer.
    """
    answerable = [row for row in outcomes if row.question.is_judged]
    shown = [len(row.draft.quotes) for row in outcomes if row.draft.quotes]
    return {
        "answerable": _share_of_quotes(answerable),
        "all": _share_of_quotes(outcomes),
        "each": _as_json(estimate(shown)),
        "calibration_error": _calibration_error([row for row in outcomes if row.draft.quotes]),
    }


def _calibration_error(shown: Outcomes) -> float | None:
    """Of the probability that the first quote answers."""
    return calibration_error(
        [row.draft.first_quote for row in shown],
        [row.question.is_judged and row.quote_rank == 1 for row in shown],
    )


def _share_of_quotes(outcomes: Outcomes) -> Report | None:
    right, shown = [row.right_quotes for row in outcomes], [len(row.draft.quotes) for row in outcomes]
    return _as_json(ratio(right, shown))


def _refusal(outcomes: Outcomes) -> Report:
    kinds = dict.fromkeys(row.question.kind for row in outcomes)
    by_kind = {kind: [row for row in outcomes if row.question.kind == kind] for kind in kinds}
    return {
        "by_kind": {
            kind: {"n": len(rows), "refused": _as_json(estimate([float(row.is_refused) for row in rows]))}
            for kind, rows in by_kind.items()
        },
        "right_of_100": {
            rating: _right_of_100([row for row in outcomes if row.rating == rating])
            for rating in (Status.ANSWERED, Status.PARTIAL, WEAK)
        },
        "auroc": _separation(outcomes),
        "curve": [
            {"threshold": threshold} | {kind: _below(rows, threshold) for kind, rows in by_kind.items()}
            for threshold in CURVE
        ],
    }


def _right_of_100(shown: Outcomes) -> Report | None:
    """How many of 100 shown answers have a right quote. An answer to an unanswerable question counts as wrong."""
    right = [100.0 * (row.question.is_judged and row.quote_rank > 0) for row in shown]
    return _as_json(estimate(right))


def _separation(outcomes: Outcomes) -> dict[str, float | None]:
    """AUROC of the confidence: answerable questions against each of the other kinds, and against all of them."""
    answerable = [row.draft.confidence for row in outcomes if row.question.answerable]
    others = [row for row in outcomes if not row.question.answerable]
    found = {"all": auroc(answerable, [row.draft.confidence for row in others])}
    for kind in dict.fromkeys(row.question.kind for row in others):
        found[kind] = auroc(answerable, [row.draft.confidence for row in others if row.question.kind == kind])
    return found


def _below(outcomes: Outcomes, threshold: float) -> float:
    """The share that would be refused below this confidence."""
    return round(sum(row.draft.confidence < threshold for row in outcomes) / len(outcomes), 4)


def _as_json(figure: Estimate | None) -> Report | None:
    return asdict(figure) if figure else None
