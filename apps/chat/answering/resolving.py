"""Searches for follow-up questions: every reading in one batch, and the one that the documents support best is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.chat.answering.decision import probability
from apps.chat.answering.drafts import Question
from apps.chat.answering.follow_ups import FollowUp, FollowUpKind, follow_up_of
from apps.chat.config import DecisionConfig, FollowUpConfig
from apps.knowledge.index.scope import Scope
from apps.knowledge.search.results import Retrieval

Retrieve = Callable[[Scope, Sequence[str]], Sequence[Retrieval]]


@dataclass(frozen=True)
class Resolved:
    """`is_unresolved` when the question leans on something that neither the earlier turns nor the documents show."""

    retrieval: Retrieval
    is_unresolved: bool = False


def retrieve_resolved(
    scope: Scope,
    questions: Sequence[Question],
    retrieve: Retrieve,
    rules: FollowUpConfig,
    decision: DecisionConfig,
) -> list[Resolved]:
    """One result for each question, all of this scope."""
    followed = [follow_up_of(question.text, question.turns) for question in questions]
    texts = [_texts(question, each) for question, each in zip(questions, followed, strict=True)]
    found = iter(retrieve(scope, [text for each in texts for text in each]))
    return [
        _kept(each, [next(found) for _ in searched], rules, decision)
        for each, searched in zip(followed, texts, strict=True)
    ]


def _texts(question: Question, follow_up: FollowUp) -> list[str]:
    """What is searched for, preferred first: a question that may stand alone is searched alone, too."""
    alone = [] if follow_up.kind == FollowUpKind.LEANING and follow_up.readings else [question.text]
    return [*alone, *follow_up.readings[: 2 - len(alone)]]


def _kept(
    follow_up: FollowUp, found: Sequence[Retrieval], rules: FollowUpConfig, decision: DecisionConfig
) -> Resolved:
    """A question that may stand alone and has a word that no document uses is not answered with what the earlier one
    found.
    """
    chances = [probability(each.evidence, decision) for each in found]
    is_foreign = follow_up.kind == FollowUpKind.SHORT and found[0].evidence.unknown > 0
    kept = 0 if is_foreign else _best(follow_up.kind, chances, rules, decision)
    is_unresolved = follow_up.kind == FollowUpKind.LEANING and chances[kept] < decision.quoted_from
    return Resolved(found[kept], is_unresolved)


def _best(
    kind: FollowUpKind, chances: Sequence[float], rules: FollowUpConfig, decision: DecisionConfig
) -> int:
    """The first, unless another is better supported by a margin. A question that may stand alone is searched with the
    earlier one only if it is refused alone: the documents know better than its words whether it is whole.
    """
    if kind == FollowUpKind.LEANING:
        return max(range(len(chances)), key=lambda n: chances[n] - rules.join_margin * (n > 0))
    if chances[0] >= decision.quoted_from:
        return 0
    return max(range(len(chances)), key=lambda n: chances[n] - rules.context_margin * (n > 0))
