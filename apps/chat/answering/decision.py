"""Decides whether the documents answer a question: a logistic function of the evidence, with the weights and thresholds
of quoth.yaml.
"""

from __future__ import annotations

import math

from apps.chat.answering.drafts import Status
from apps.chat.config import DecisionConfig, LogisticConfig
from apps.knowledge.search.results import Evidence


def decide(evidence: Evidence, rules: DecisionConfig) -> tuple[Status, float]:
    """The status, and the probability (0 to 1) that the documents answer the question."""
    chance = probability(evidence, rules)
    if chance >= rules.answered_from:
        return Status.ANSWERED, chance
    return (Status.PARTIAL if chance >= rules.partial_from else Status.REFUSED), chance


def probability(evidence: Evidence, rules: DecisionConfig) -> float:
    """1 / (1 + exp(-(intercept + weights . evidence))), rounded to four decimals, so that the number that is shown is
    the number that was compared.
    """
    scale: LogisticConfig = rules.words_only if evidence.words_only else rules
    total = scale.intercept + sum(weight * getattr(evidence, name) for name, weight in scale.weights.items())
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), 4)
