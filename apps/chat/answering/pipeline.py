"""From questions to drafts: pure functions without Django and its ORM. Quotes are cut by their offsets and are never
matched against the text afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from apps.chat.answering.answer_parts import joined, split_up
from apps.chat.answering.decision import probability, status_of
from apps.chat.answering.drafts import AnswerDraft, Question, QuoteSpan, Status
from apps.chat.answering.named_places import lacks_place, place_in
from apps.chat.answering.quote_chance import quote_chance, quote_signals
from apps.chat.answering.quoting import choose_quotes, named_quotes, quote_at, whole_passage
from apps.chat.answering.resolving import Resolved, Retrieve, retrieve_resolved
from apps.chat.answering.small_talk import Recognise, nothing_recognised
from apps.chat.answering.trace import trace_of
from apps.chat.answering.unmarked_headers import with_asked_rows
from apps.chat.answering.value_presence import lacks_what_is_asked
from apps.chat.config import (
    AnswerConfig,
    DecisionConfig,
    FollowUpConfig,
    answer_config,
    decision_config,
    follow_up_config,
)
from apps.knowledge.faq.approved import Approve, ApprovedAnswer, nothing_approved
from apps.knowledge.index.scope import Scope
from apps.knowledge.search.results import Retrieval

LEAST_STEP = 0.0001  # of confidence
Part = tuple[int, int]  # the number of a question, and that of one of its parts
Key = TypeVar("Key", int, Part)


@dataclass(frozen=True)
class AnswerRules:
    quoting: AnswerConfig
    decision: DecisionConfig
    follow_ups: FollowUpConfig

    def of(self, encoder: str) -> AnswerRules:
        """The rules with the figures of this encoder."""
        return AnswerRules(self.quoting.of(encoder), self.decision.of(encoder), self.follow_ups)


def configured_rules() -> AnswerRules:
    """The rules of quoth.yaml."""
    return AnswerRules(answer_config(), decision_config(), follow_up_config())


@dataclass(frozen=True)
class Shortcuts:
    """What is answered without a search: `approve` finds approved answers, `recognise` small talk."""

    approve: Approve = nothing_approved
    recognise: Recognise = nothing_recognised

    def drafts(self, scope: Scope, asked: Mapping[int, Question]) -> dict[int, AnswerDraft]:
        """Drafts by the keys of `asked`. An approved answer has precedence, but for a question that may refer to
        earlier ones: it is completed first.
        """
        alone = {key: question for key, question in asked.items() if not question.turns}
        drafts = self.approved(scope, alone, {key: question.text for key, question in alone.items()})
        rest = [key for key in asked if key not in drafts]
        kinds = self.recognise(scope, [asked[key].text for key in rest]) if rest else []
        talk = zip(rest, kinds, strict=True)
        return drafts | {key: small_talk_draft(asked[key], kind) for key, kind in talk if kind}

    def approved(
        self, scope: Scope, asked: Mapping[Key, Question], texts: Mapping[Key, str]
    ) -> dict[Key, AnswerDraft]:
        """`texts` are what is searched for."""
        found = zip(texts, self.approve(scope, list(texts.values())), strict=True) if texts else ()
        return {key: approved_draft(asked[key], texts[key], answer) for key, answer in found if answer}


NO_SHORTCUTS = Shortcuts()


def answer_batch(
    questions: Sequence[Question],
    retrieve: Retrieve,
    rules: AnswerRules,
    shortcuts: Shortcuts = NO_SHORTCUTS,
) -> list[AnswerDraft]:
    """One draft for each question, in the same order. Questions with the same scope are retrieved together; what has an
    approved answer or is small talk is not retrieved.
    """
    drafts: dict[int, AnswerDraft] = {}
    for scope in dict.fromkeys(question.scope for question in questions):
        asked = {place: each for place, each in enumerate(questions) if each.scope == scope}
        started = time.perf_counter()
        drafts |= shortcuts.drafts(scope, asked)
        recognise_ms = _since(started)
        rest = {place: each for place, each in asked.items() if place not in drafts}
        if rest:
            found = _searched_in_parts(scope, rest, retrieve, rules.of(scope.encoder), shortcuts)
            drafts |= {
                place: joined(parts, [_timed(draft, recognise_ms) for draft in each])
                for place, (parts, each) in found.items()
            }
    return [drafts[place] for place in range(len(questions))]


def _timed(draft: AnswerDraft, recognise_ms: float) -> AnswerDraft:
    if draft.trace is None:
        return draft
    times = {"recognise": recognise_ms, **draft.trace["times"]}
    return replace(draft, trace={**draft.trace, "times": times})


def _searched_in_parts(
    scope: Scope,
    asked: Mapping[int, Question],
    retrieve: Retrieve,
    rules: AnswerRules,
    shortcuts: Shortcuts,
) -> dict[int, tuple[list[Question], list[AnswerDraft]]]:
    """The questions that each text asks, with their drafts."""
    parts = {place: split_up(question, rules.follow_ups.turns) for place, question in asked.items()}
    single = {(place, number): part for place, each in parts.items() for number, part in enumerate(each)}
    drafts = _searched(scope, single, retrieve, rules, shortcuts)
    return {
        place: (each, [drafts[place, number] for number in range(len(each))]) for place, each in parts.items()
    }


def _searched(
    scope: Scope,
    asked: Mapping[Part, Question],
    retrieve: Retrieve,
    rules: AnswerRules,
    shortcuts: Shortcuts,
) -> dict[Part, AnswerDraft]:
    started = time.perf_counter()
    found = retrieve_resolved(scope, list(asked.values()), retrieve, rules.follow_ups, rules.decision)
    retrieve_ms = _since(started)
    resolved = dict(zip(asked, found, strict=True))
    drafts = {place: draft_of(asked[place], each, rules, retrieve_ms) for place, each in resolved.items()}
    completed = {
        place: each.retrieval.question
        for place, each in resolved.items()
        if (asked[place].turns or (place[0], 1) in asked) and not drafts[place].unresolved
    }
    approved = shortcuts.approved(scope, asked, completed)
    first = {place[0]: place for place in sorted(approved, reverse=True)}  # an answer has at most one
    return drafts | {
        place: replace(approved[place], base_question=resolved[place].base) for place in first.values()
    }


def draft_of(
    question: Question, resolved: Resolved, rules: AnswerRules, retrieve_ms: float = 0.0
) -> AnswerDraft:
    """The answer to one question, or a refusal that names no passage and no missing word if it is unresolved. At most a
    partial match if it adds nothing to the earlier question.
    """
    draft = draft_from(question, resolved.retrieval, rules, retrieve_ms)
    if resolved.adds_nothing and draft.status == Status.ANSWERED and not draft.named_place:
        chance = min(draft.first_quote, _below(rules.decision.first_quote.strong_from))
        draft = replace(draft, status=Status.PARTIAL, first_quote=chance)
    trace = trace_of(draft, resolved, rules.quoting, rules.decision)
    draft = replace(draft, trace=trace, base_question=resolved.base)
    if not resolved.is_unresolved or draft.named_place or draft.language:  # the language is then the reason
        return draft
    confidence = min(draft.confidence, _below(rules.decision.quoted_from))
    return replace(
        draft,
        status=Status.REFUSED,
        confidence=confidence,
        quotes=(),
        nearest=(),
        missing=(),
        unresolved=True,
    )


def draft_from(
    question: Question, retrieval: Retrieval, rules: AnswerRules, retrieve_ms: float = 0.0
) -> AnswerDraft:
    """The answer to one question from its retrieval. It is at most a partial match if the question asks for a number, a
    time or a person and the first quote has none, and a weak one if it names a clause or step that was not found.
    """
    started = time.perf_counter()
    confidence = probability(retrieval.evidence, rules.decision)
    named = named_quotes(retrieval.passages, rules.quoting, retrieval.question)
    quotes = named or _chosen(retrieval, confidence, rules)
    lacking = lacks_what_is_asked(retrieval.question, _shown(quotes[0])) if quotes and not named else ""
    chance = first_quote_chance(quotes, retrieval, confidence, rules.decision)
    if lacking:
        chance = min(chance, _below(rules.decision.first_quote.strong_from))
    if lacks_place(retrieval.question, retrieval.passages):
        chance = min(chance, _below(rules.decision.first_quote.partial_from))
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
        lacking=lacking,
        first_quote=chance,
        weak=status == Status.PARTIAL and chance < rules.decision.first_quote.partial_from,
    )


def _chosen(retrieval: Retrieval, confidence: float, rules: AnswerRules) -> tuple[QuoteSpan, ...]:
    """None if the question asks only for a clause or step that was not found: no other one says what it says."""
    place = place_in(retrieval.question)
    if confidence < rules.decision.quoted_from or (place and place.is_all):
        return ()
    return choose_quotes(retrieval.passages, rules.quoting, retrieval.question)


def _shown(quote: QuoteSpan) -> str:
    return f"{quote.columns} {quote.text}"


def first_quote_chance(
    quotes: Sequence[QuoteSpan], retrieval: Retrieval, confidence: float, rules: DecisionConfig
) -> float:
    """The probability that the first quote answers; 0 without quotes. Where the encoder cannot read the question, only
    the confidence is known.
    """
    if not quotes or retrieval.evidence.words_only:
        return confidence if quotes else 0.0
    passages = with_asked_rows(retrieval.question, retrieval.passages)
    signals = quote_signals(quotes[0], passages, retrieval.evidence.noise_floor)
    return quote_chance(signals, rules.first_quote)


def small_talk_draft(question: Question, kind: str) -> AnswerDraft:
    """A reply of the product itself. The documents were not searched, so nothing is said about them."""
    return AnswerDraft(Status.SMALL_TALK, 0.0, question.text, (), (), (), 0, 0, 0, small_talk=kind)


def approved_draft(question: Question, searched: str, approved: ApprovedAnswer) -> AnswerDraft:
    """The answer of an editor, with the quote that it names as its source. `searched` is the completed question."""
    source = approved.source
    quotes = (quote_at(source, approved.start, approved.end),) if source else ()
    return AnswerDraft(Status.APPROVED, 0.0, searched, quotes, (), (), 0, 0, 0, approved=approved)


def _status(decided: Status, quotes: Sequence[QuoteSpan], named: Sequence[QuoteSpan]) -> Status:
    """A clause that was asked for by its label is an answer, however its words match the question."""
    if named:
        return Status.ANSWERED
    return decided if quotes else Status.REFUSED


def _name_of_place(question: str) -> str:
    place = place_in(question)
    return place.name if place else ""


def _below(threshold: float) -> float:
    """The highest confidence that does not reach it."""
    return round(threshold - LEAST_STEP, 4)


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
