"""Decides whether the documents answer a question: a logistic function of the evidence, with the weights and thresholds
of quoth.yaml.
"""

from __future__ import annotations

import math

from apps.chat.answering.drafts import Status
from apps.chat.config import DecisionConfig, LogisticConfig
from apps.knowledge.search.results import Evidence


def probability(evidence: Evidence, rules: DecisionConfig) -> float:
    """The probability that the documents answer the question."""
    scale: LogisticConfig = rules.words_only if evidence.words_only else rules
    return logistic(
        scale.intercept + sum(weight * getattr(evidence, name) for name, weight in scale.weights.items())
    )


def logistic(total: float) -> float:
    """1 / (1 + exp(-total)), rounded to four decimals, so that the number that is shown is the number that was
    compared.
    """
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), 4)


def status_of(confidence: float, first_quote: float, rules: DecisionConfig) -> Status:
    """From the probability that the documents answer, and from that the first quote does."""
    if confidence < rules.quoted_from:
        return Status.REFUSED
    return Status.ANSWERED if first_quote >= rules.first_quote.strong_from else Status.PARTIAL
