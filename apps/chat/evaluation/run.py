"""Asks every question in every system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apps.chat.answering.pipeline import configured_rules
from apps.chat.answering.small_talk import small_talk_in
from apps.chat.evaluation.judging import Outcome, judge
from apps.chat.evaluation.questions import KnownQuestion
from apps.chat.evaluation.systems import retrieve_all
from apps.knowledge.config import RetrievalConfig
from apps.knowledge.index.scope import Scope


def outcomes(
    scope: Scope, questions: Sequence[KnownQuestion], compared: Mapping[str, RetrievalConfig]
) -> dict[str, list[Outcome]]:
    """Outcomes by system, in the order of the questions. Raises EncoderUnavailable."""
    texts, answering = [known.question for known in questions], configured_rules()
    talk = small_talk_in(scope, texts)
    return {
        name: [
            judge(known, found, scope, answering, kind)
            for known, found, kind in zip(questions, retrieve_all(scope, texts, rules), talk, strict=True)
        ]
        for name, rules in compared.items()
    }
