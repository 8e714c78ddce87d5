"""From questions to drafts: pure functions without Django and its ORM. Quotes are cut by their offsets and are never
matched against the text afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from apps.chat.answering.decision import decide
from apps.chat.answering.drafts import AnswerDraft, Question, Status
from apps.chat.answering.named_places import place_in, sentences_at
from apps.chat.answering.quoting import choose_quotes, whole_passage
from apps.chat.answering.resolving import Resolved, Retrieve, retrieve_resolved
from apps.chat.config import (
    AnswerConfig,
    DecisionConfig,
    FollowUpConfig,
    answer_config,
    decision_config,
    follow_up_config,
)
from apps.knowledge.search.results import Retrieval


@dataclass(frozen=True)
class AnswerRules:
    quoting: AnswerConfig
    decision: DecisionConfig
    follow_ups: FollowUpConfig


def configured_rules() -> AnswerRules:
    """The rules of quoth.yaml."""
    return AnswerRules(answer_config(), decision_config(), follow_up_config())


def answer_batch(questions: Sequence[Question], retrieve: Retrieve, rules: AnswerRules) -> list[AnswerDraft]:
    """One draft for each question, in the same order. Questions with the same scope are retrieved together."""
    drafts: dict[int, AnswerDraft] = {}
    for scope in dict.fromkeys(question.scope for question in questions):
        places = [place for place, question in enumerate(questions) if question.scope == scope]
        started = time.perf_counter()
        asked = [questions[place] for place in places]
        found = retrieve_resolved(scope, asked, retrieve, rules.follow_ups, rules.decision)
        retrieve_ms = _since(started)
        for place, resolved in zip(places, found, strict=True):
            drafts[place] = draft_of(questions[place], resolved, rules, retrieve_ms)
    return [drafts[place] for place in range(len(questions))]


def draft_of(
    question: Question, resolved: Resolved, rules: AnswerRules, retrieve_ms: float = 0.0
) -> AnswerDraft:
    """The answer to one question, or a refusal without passages if it is unresolved."""
    draft = draft_from(question, resolved.retrieval, rules, retrieve_ms)
    is_found = draft.status != Status.REFUSED and (question.turns or _holds_named_place(resolved.retrieval))
    if not resolved.is_unresolved or is_found:
        return draft
    return replace(draft, status=Status.REFUSED, quotes=(), nearest=(), unresolved=True)


def draft_from(
    question: Question, retrieval: Retrieval, rules: AnswerRules, retrieve_ms: float = 0.0
) -> AnswerDraft:
    """The answer to one question from its retrieval."""
    started = time.perf_counter()
    status, confidence = decide(retrieval.evidence, rules.decision)
    if status == Status.REFUSED and _holds_named_place(retrieval):
        status, confidence = Status.PARTIAL, rules.decision.partial_from
    quotes = (
        choose_quotes(retrieval.passages, rules.quoting, retrieval.question)
        if status != Status.REFUSED
        else ()
    )
    nearest = () if quotes else tuple(map(whole_passage, retrieval.passages[: rules.quoting.nearest]))
    return AnswerDraft(
        status=status if quotes else Status.REFUSED,
        confidence=confidence,
        resolved_question=retrieval.question,
        quotes=quotes,
        nearest=nearest,
        ranked=retrieval.passages,
        store_version=retrieval.store_version,
        compared=retrieval.compared,
        documents=retrieval.documents,
        timings_ms={"retrieve": retrieve_ms, "read": _since(started)},
        missing=retrieval.missing,
        language=retrieval.language,
    )


def _holds_named_place(retrieval: Retrieval) -> bool:
    """Whether the question asks only for a clause or step by its label, and the documents have it."""
    named = place_in(retrieval.question)
    return named is not None and named.is_all and bool(sentences_at(named, retrieval.passages))


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
