"""Asks every question in every system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apps.chat.answering.drafts import Question
from apps.chat.answering.pipeline import AnswerRules, configured_rules
from apps.chat.answering.resolving import Resolved, retrieve_resolved
from apps.chat.answering.small_talk import small_talk_in
from apps.chat.evaluation.history import turns_of
from apps.chat.evaluation.judging import Outcome, judge
from apps.chat.evaluation.questions import KnownQuestion
from apps.chat.evaluation.systems import retrieve_all
from apps.knowledge.config import RetrievalConfig
from apps.knowledge.index.scope import Scope
from apps.knowledge.search.results import Retrieval


def outcomes(
    scope: Scope, questions: Sequence[KnownQuestion], compared: Mapping[str, RetrievalConfig]
) -> dict[str, list[Outcome]]:
    """Outcomes by system, in the order of the questions. Follow-ups are completed from their history in every system.
    Raises EncoderUnavailable.
    """
    rules = configured_rules().of(scope.encoder)
    asked = [
        Question(known.question, scope, turns_of(known.history, rules.follow_ups.turns))
        for known in questions
    ]
    talk = small_talk_in(scope, [known.question for known in questions])
    found = {name: _found(asked, ranking, rules) for name, ranking in compared.items()}
    return {
        name: [judge(*each, rules) for each in zip(questions, asked, resolved, talk, strict=True)]
        for name, resolved in found.items()
    }


def _found(asked: Sequence[Question], ranking: RetrievalConfig, rules: AnswerRules) -> list[Resolved]:
    def retrieve(scope: Scope, texts: Sequence[str]) -> list[Retrieval]:
        return retrieve_all(scope, texts, ranking)

    if not asked:
        return []
    return retrieve_resolved(asked[0].scope, asked, retrieve, rules.follow_ups, rules.decision)
