"""How an answer came about, as one small JSON document: what was searched for, the signals of the decision, the best
passages with their scores, and the times. Passages are named by their ids; none of their words is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apps.chat.answering.drafts import AnswerDraft, QuoteSpan
from apps.chat.answering.resolving import Resolved
from apps.chat.config import AnswerConfig, DecisionConfig, LogisticConfig
from apps.knowledge.search.results import Evidence, RankedPassage, RankedSentence, Scores

FORMAT = 1
MOST_PASSAGES = 10  # the best ones; those that are quoted are kept in any case
DIGITS = 4
UNIT = 1_000

Trace = dict[str, Any]


def trace_of(
    draft: AnswerDraft, resolved: Resolved, quoting: AnswerConfig, decision: DecisionConfig
) -> Trace:
    """`draft` as it was decided from `resolved`."""
    retrieval = resolved.retrieval
    scale = decision.words_only if retrieval.evidence.words_only else decision
    return {
        "format": FORMAT,
        "compared": retrieval.compared,
        "documents": retrieval.documents,
        "readings": [list(each) for each in resolved.readings] if len(resolved.readings) > 1 else [],
        "intercept": scale.intercept,
        "signals": _signals(retrieval.evidence, scale),
        "first_quote": draft.first_quote,
        "thresholds": list(decision.thresholds().values()),
        "lacking": draft.lacking,
        "quotes": quoting.quotes,
        "further_within": quoting.further_within,
        "passages": _passages(retrieval.passages, (*draft.quotes, *draft.nearest)),
        "times": {**retrieval.timings_ms, "choose": draft.timings_ms.get("read", 0.0)},
    }


def _signals(evidence: Evidence, scale: LogisticConfig) -> list[list[Any]]:
    """[name, value, weight] of each signal that was weighed."""
    return [
        [name, round(float(getattr(evidence, name)), DIGITS), weight]
        for name, weight in scale.weights.items()
    ]


def _passages(ranked: Sequence[RankedPassage], shown: Sequence[QuoteSpan]) -> list[list[Any]]:
    """[rank, passage id, its scores, start and end of its best sentence, its scores]"""
    found = [(rank, passage) for rank, passage in enumerate(ranked[:MOST_PASSAGES], start=1)]
    found += [
        (rank, passage)
        for rank, passage in enumerate(ranked[MOST_PASSAGES:], start=MOST_PASSAGES + 1)
        if any(_holds(passage, span) for span in shown)
    ]
    return [
        [rank, passage.passage_id, _scores(passage.scores), *_best_sentence(passage.sentences)]
        for rank, passage in found
    ]


def _best_sentence(sentences: Sequence[RankedSentence]) -> list[Any]:
    """The first of those with the highest score; empty if there is none."""
    if not sentences:
        return []
    fused = [sentence.scores.fused for sentence in sentences]
    best = sentences[fused.index(max(fused))]
    return [best.start, best.end, _scores(best.scores)]


def _holds(passage: RankedPassage, span: QuoteSpan) -> bool:
    return passage.version_id == span.version_id and passage.start <= span.start < passage.end


def _scores(scores: Scores) -> list[int]:
    """[cosine, BM25, late interaction, all together] in thousandths: integers are written faster."""
    cosine, bm25, fused, late = scores
    return [round(cosine * UNIT), round(bm25 * UNIT), round(late * UNIT), round(fused * UNIT)]
