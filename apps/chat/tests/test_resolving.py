"""All readings of follow-ups are searched at once, and the best supported one is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from apps.chat.answering.drafts import AnswerDraft, Question, Status
from apps.chat.answering.follow_ups import Turn
from apps.chat.answering.pipeline import answer_batch, configured_rules
from apps.chat.tests.found import SCOPE, STRONG, WEAK, passage, retrieval
from apps.knowledge.index.scope import Scope
from apps.knowledge.search.results import MissingWord, Retrieval

LEAVE = Turn("How do I request parental leave?")
PASSAGE = passage(1, [("Your supervisor approves parental leave.", 1.0)])


def ask(text: str, *turns: Turn, supported: Sequence[str]) -> tuple[AnswerDraft, list[str]]:
    """The draft, and what was searched for; only `supported` texts are answered by the documents."""
    searched: list[str] = []

    def retrieve(scope: Scope, texts: Sequence[str]) -> list[Retrieval]:
        searched.extend(texts)
        return [
            retrieval(PASSAGE, evidence=STRONG if text in supported else WEAK, question=text)
            for text in texts
        ]

    [draft] = answer_batch([Question(text, SCOPE, turns)], retrieve, configured_rules())
    return draft, searched


def test_a_follow_up_is_searched_as_a_whole_question() -> None:
    draft, searched = ask("who approves it?", LEAVE, supported=["who approves parental leave?"])
    assert searched == ["who approves parental leave?", "How do I request parental leave? who approves it?"]
    assert draft.status != Status.REFUSED
    assert draft.resolved_question == "who approves parental leave?"


def test_the_better_supported_reading_is_kept() -> None:
    both = "How do I request parental leave? who approves it?"
    assert ask("who approves it?", LEAVE, supported=[both])[0].resolved_question == both


def test_a_changed_topic_drops_the_old_one() -> None:
    question = "How do I install the agent on Windows?"
    draft, searched = ask(question, LEAVE, supported=[question])
    assert searched == [question]
    assert draft.resolved_question == question


def test_a_short_question_is_searched_alone_if_the_documents_answer_it() -> None:
    draft, searched = ask("travel policy", LEAVE, supported=["travel policy"])
    assert len(searched) == 2
    assert draft.resolved_question == "travel policy"


@pytest.mark.parametrize("turns", [(), (LEAVE,)])
def test_a_follow_up_that_nothing_supports_is_unresolved(turns: tuple[Turn, ...]) -> None:
    draft, _ = ask("who approves it?", *turns, supported=[])
    assert (draft.status, draft.unresolved, draft.quotes, draft.nearest) == (Status.REFUSED, True, (), ())


def test_an_unresolved_follow_up_names_no_missing_word() -> None:
    found = replace(retrieval(PASSAGE, evidence=WEAK), missing=(MissingWord("kiln", ""),))
    [draft] = answer_batch(
        [Question("and the kiln?", SCOPE, (LEAVE,))],
        lambda _, texts: [found] * len(texts),
        configured_rules(),
    )
    assert (draft.unresolved, draft.missing) == (True, ())


def test_a_question_in_a_language_that_no_document_has_is_refused_for_that() -> None:
    found = replace(retrieval(PASSAGE, evidence=WEAK), language="es")
    [draft] = answer_batch(
        [Question("y la impresora?", SCOPE)], lambda _, texts: [found] * len(texts), configured_rules()
    )
    assert (draft.status, draft.unresolved, draft.language) == (Status.REFUSED, False, "es")


def test_a_whole_question_that_nothing_supports_is_only_refused() -> None:
    draft, _ = ask("How do I install the agent on Windows?", LEAVE, supported=[])
    assert (draft.status, draft.unresolved) == (Status.REFUSED, False)


def test_a_follow_up_that_the_documents_answer_alone_needs_no_earlier_turn() -> None:
    assert ask("who approves it?", supported=["who approves it?"])[0].status != Status.REFUSED


def test_a_short_question_about_what_no_document_mentions_is_not_answered_from_the_earlier_one() -> None:
    def retrieve(scope: Scope, texts: Sequence[str]) -> list[Retrieval]:
        return [
            retrieval(
                PASSAGE,
                evidence=STRONG if text != "printer setup" else replace(WEAK, unknown=0.6),
                question=text,
            )
            for text in texts
        ]

    [draft] = answer_batch([Question("printer setup", SCOPE, (LEAVE,))], retrieve, configured_rules())
    assert (draft.status, draft.resolved_question) == (Status.REFUSED, "printer setup")


@pytest.mark.parametrize("question", ["and for kangaroos?", "what about submarines?", "kangaroos too"])
def test_the_passages_of_the_earlier_question_do_not_support_a_follow_up(question: str) -> None:
    def retrieve(scope: Scope, texts: Sequence[str]) -> list[Retrieval]:
        supported = [text for text in texts if "leave" in text]
        return [
            retrieval(PASSAGE, evidence=STRONG if text in supported else WEAK, question=text)
            for text in texts
        ]

    [draft] = answer_batch([Question(question, SCOPE, (LEAVE,))], retrieve, configured_rules())
    assert (draft.status, draft.quotes) == (Status.REFUSED, ())
    assert draft.confidence < configured_rules().decision.quoted_from


def test_a_mistyped_follow_up_is_supported_by_the_corrected_word() -> None:
    def retrieve(scope: Scope, texts: Sequence[str]) -> list[Retrieval]:
        return [retrieval(PASSAGE, question=text.replace("superviser", "supervisor")) for text in texts]

    [draft] = answer_batch([Question("and the superviser?", SCOPE, (LEAVE,))], retrieve, configured_rules())
    assert draft.status != Status.REFUSED


def test_another_clause_is_searched_for_alone() -> None:
    draft, searched = ask("and 2.4?", Turn("what does rule 2.3 say"), supported=[])
    assert searched == ["what does rule 2.4 say?"]
    assert (draft.status, draft.unresolved) == (Status.REFUSED, False)


def test_what_the_next_follow_up_is_completed_from_has_no_added_words() -> None:
    added, exchanged = (
        "How do I request parental leave without a form?",
        "How do I request parental unpaid leave?",
    )
    assert (
        ask("without a form?", LEAVE, supported=[added])[0].base_question
        == "How do I request parental leave?"
    )
    assert ask("unpaid leave?", LEAVE, supported=[exchanged])[0].base_question == ""
    assert ask("travel policy", LEAVE, supported=["travel policy"])[0].base_question == ""


@pytest.mark.parametrize("turns", [(), (LEAVE,)])
@pytest.mark.parametrize("vague", ["one more?", "and more please", "why?"])
def test_what_has_no_words_of_its_own_is_never_answered_by_itself(
    vague: str, turns: tuple[Turn, ...]
) -> None:
    draft, _ = ask(vague, *turns, supported=[vague])
    assert (draft.unresolved, draft.quotes) == (True, ())


@pytest.mark.parametrize("question", ["how often?", "how large?", "and how far?"])
def test_a_follow_up_without_words_of_its_own_is_no_strong_match(question: str) -> None:
    """Its passages are those of the question before it."""

    def retrieve(_: Scope, texts: Sequence[str]) -> list[Retrieval]:
        best = passage(1, [("Your supervisor approves parental leave.", 9.0), ("Other.", 0.0)], late=1.0)
        return [retrieval(best, question=text) for text in texts]

    [draft] = answer_batch([Question(question, SCOPE, (LEAVE,))], retrieve, configured_rules())
    [whole] = answer_batch([Question(LEAVE.question, SCOPE)], retrieve, configured_rules())
    assert (whole.status, draft.status) == (Status.ANSWERED, Status.PARTIAL)
    assert draft.first_quote < configured_rules().decision.first_quote.strong_from
