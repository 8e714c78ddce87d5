"""From questions to drafts: pure functions without Django and its ORM. Quotes are cut by their offsets and are never
matched against the text afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from apps.chat.answering.decision import probability, status_of
from apps.chat.answering.drafts import AnswerDraft, Question, QuoteSpan, Status
from apps.chat.answering.named_places import place_in
from apps.chat.answering.quote_chance import quote_chance, quote_signals
from apps.chat.answering.quoting import choose_quotes, named_quotes, whole_passage
from apps.chat.answering.resolving import Resolved, Retrieve, retrieve_resolved
from apps.chat.answering.small_talk import Recognise, nothing_recognised
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


def answer_batch(
    questions: Sequence[Question],
    retrieve: Retrieve,
    rules: AnswerRules,
    recognise: Recognise = nothing_recognised,
) -> list[AnswerDraft]:
    """One draft for each question, in the same order. Questions with the same scope are retrieved together; what is
    recognised as small talk is not retrieved.
    """
    drafts: dict[int, AnswerDraft] = {}
    for scope in dict.fromkeys(question.scope for question in questions):
        places = [place for place, question in enumerate(questions) if question.scope == scope]
        talk = dict(zip(places, recognise(scope, [questions[place].text for place in places]), strict=True))
        drafts |= {place: small_talk_draft(questions[place], kind) for place, kind in talk.items() if kind}
        places = [place for place in places if not talk[place]]
        if not places:
            continue
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
    """The answer to one question, or a refusal that names no passage and no missing word if it is unresolved."""
    draft = draft_from(question, resolved.retrieval, rules, retrieve_ms)
    is_found = draft.status != Status.REFUSED
    if not resolved.is_unresolved or is_found or draft.language:  # the language is then the reason
        return draft
    return replace(draft, status=Status.REFUSED, quotes=(), nearest=(), missing=(), unresolved=True)


def draft_from(
    question: Question, retrieval: Retrieval, rules: AnswerRules, retrieve_ms: float = 0.0
) -> AnswerDraft:
    """The answer to one question from its retrieval."""
    started = time.perf_counter()
    confidence = probability(retrieval.evidence, rules.decision)
    named = named_quotes(retrieval.passages, rules.quoting, retrieval.question)
    quotes = named or (
        choose_quotes(retrieval.passages, rules.quoting, retrieval.question)
        if confidence >= rules.decision.quoted_from
        else ()
    )
    chance = first_quote_chance(quotes, retrieval, confidence, rules.decision)
    status = _status(status_of(confidence, chance, rules.decision), quotes, named)
    nearest = () if quotes else tuple(map(whole_passage, retrieval.passages[: rules.quoting.nearest]))
    return AnswerDraft(
        status=status,
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
        named_place=_name_of_place(retrieval.question) if named else "",
        first_quote=chance,
        weak=status == Status.PARTIAL and chance < rules.decision.first_quote.partial_from,
    )


def first_quote_chance(
    quotes: Sequence[QuoteSpan], retrieval: Retrieval, confidence: float, rules: DecisionConfig
) -> float:
    """The probability that the first quote answers; 0 without quotes. Where the encoder cannot read the question, only
    the confidence is known.
    """
    if not quotes or retrieval.evidence.words_only:
        return confidence if quotes else 0.0
    signals = quote_signals(quotes[0], retrieval.passages, retrieval.evidence.noise_floor)
    return quote_chance(signals, rules.first_quote)


def small_talk_draft(question: Question, kind: str) -> AnswerDraft:
    """A reply of the product itself. The documents were not searched, so nothing is said about them."""
    return AnswerDraft(Status.SMALL_TALK, 0.0, question.text, (), (), (), 0, 0, 0, small_talk=kind)


def _status(decided: Status, quotes: Sequence[QuoteSpan], named: Sequence[QuoteSpan]) -> Status:
    """A clause that was asked for by its label is an answer, however its words match the question."""
    if named:
        return Status.ANSWERED
    return decided if quotes else Status.REFUSED


def _name_of_place(question: str) -> str:
    place = place_in(question)
    return place.name if place else ""


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
