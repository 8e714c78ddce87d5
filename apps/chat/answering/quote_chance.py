"""How probable it is that a quote answers: a logistic function of how its words match the question, and of its lead
over the other sentences (docs/decisions/0049).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.chat.answering.decision import logistic
from apps.chat.answering.drafts import QuoteSpan
from apps.chat.config import FirstQuoteConfig
from apps.knowledge.search.results import RankedPassage, RankedSentence


@dataclass(frozen=True)
class QuoteSignals:
    """`similarity` is that of the words of the question and of the best sentence of the quote. `lead` is the score of
    that sentence minus the score of the best sentence that is not in the quote. `noise_floor` is the collection's.
    """

    similarity: float
    noise_floor: float
    lead: float


def quote_chance(signals: QuoteSignals, rules: FirstQuoteConfig) -> float:
    """0 to 1, rounded to four decimals."""
    return logistic(
        rules.intercept + sum(weight * getattr(signals, name) for name, weight in rules.weights.items())
    )


def quote_signals(quote: QuoteSpan, passages: Sequence[RankedPassage], noise_floor: float) -> QuoteSignals:
    inside: list[RankedSentence] = []
    outside: list[RankedSentence] = []
    for passage in passages:
        for sentence in passage.sentences:
            is_inside = (
                passage.version_id == quote.version_id
                and quote.start <= sentence.start
                and sentence.end <= quote.end
            )
            (inside if is_inside else outside).append(sentence)
    best = max(inside, key=lambda sentence: sentence.scores.fused)
    others = max((sentence.scores.fused for sentence in outside), default=0.0)
    return QuoteSignals(best.scores.late, noise_floor, best.scores.fused - others)
