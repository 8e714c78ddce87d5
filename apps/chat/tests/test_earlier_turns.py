"""A follow-up is answered with the last turns of its own conversation."""

from __future__ import annotations

import uuid

import pytest
from pytest_django import DjangoAssertNumQueries

from apps.accounts.viewer import Viewer
from apps.chat.models import Answer, AnswerStatus
from apps.chat.pages.shown_answers import shown_answer
from apps.chat.presentation.conversation_views import answer_view
from apps.chat.selectors import turns_before
from apps.chat.services import answer_waiting, claim_answers, send_message
from apps.chat.tests.cast import SENTENCE, Cast, ask, make_cast
from apps.knowledge.services import delete_document

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    return make_cast()


def follow(cast: Cast, text: str) -> Answer:
    """Another question in the conversation of `cast.answer`."""
    sent = send_message(
        Viewer(user=cast.alice), client_id=uuid.uuid4(), text=text, conversation=cast.answer.conversation.uid
    )
    return sent.message.answer


def test_a_follow_up_is_claimed_with_earlier_turns(cast: Cast) -> None:
    ask(Viewer(user=cast.alice), cast.private, "What else is there?")  # a conversation of its own
    [claim] = claim_answers([follow(cast, "who approves it?").pk])
    [turn] = claim.question.turns
    assert (turn.question, turn.quotes) == ("How much leave do I get?", (SENTENCE, "Keep your tickets."))


def test_a_whole_question_reads_no_earlier_turns(cast: Cast) -> None:
    [claim] = claim_answers([follow(cast, "How do I install the agent on Windows?").pk])
    assert claim.question.turns == ()


def test_turns_are_the_last_ones_as_they_were_searched(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cast.answer.manifest = {"resolved_question": "How much annual leave do I get?"}
    cast.answer.save()
    who, why = (follow(cast, text).message for text in ("and who?", "and why?"))
    with django_assert_num_queries(2):
        one, two = turns_before([who, why], 5, 10)
    assert [turn.question for turn in two] == ["How much a", "and who?"]
    assert one == two[:1]
    assert one[0].quotes == (SENTENCE[:10], "Keep your ")
    assert [turn.as_typed for turn in two] == [False, True]
    assert [turn.question for [turn] in turns_before([why, who], 1, 10)] == ["and who?", "How much a"]


@pytest.mark.parametrize("asked", ["42", "true", "null", "[1]", '"quoted"', "{}"])
def test_a_question_that_looks_like_json_stays_a_text(cast: Cast, asked: str) -> None:
    cast.answer.manifest = {"resolved_question": asked}
    cast.answer.save()
    [[turn]] = turns_before([follow(cast, "and who?").message], 3, 100)
    assert turn.question == asked


def test_turns_of_many_conversations_are_read_together(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    alice = Viewer(user=cast.alice)
    follows = [follow(cast, "who approves it?").message]
    for topic in ("trains", "tickets"):
        first = ask(alice, cast.private, f"Where do I book {topic}?")
        sent = send_message(
            alice, client_id=uuid.uuid4(), text="and how?", conversation=first.conversation.uid
        )
        follows.append(sent.message)
    with django_assert_num_queries(2):
        turns = turns_before(follows, 3, 100)
    assert [[turn.question for turn in each] for each in turns] == [
        ["How much leave do I get?"],
        ["Where do I book trains?"],
        ["Where do I book tickets?"],
    ]


def test_follow_ups_in_quick_succession_are_completed_one_after_another(cast: Cast) -> None:
    """The second refers to the first as it was completed, not as it was typed."""
    begun = ask(Viewer(user=cast.alice), cast.private, "How do I book a train for Monday?")
    cast.answer.conversation = begun.conversation
    second, third = (follow(cast, text) for text in ("and for Tuesday?", "and a plane?"))
    while answer_waiting():
        pass
    rows = Answer.objects.filter(pk__in=[second.pk, third.pk]).order_by("pk")
    searched = list(rows.values_list("manifest__resolved_question", flat=True))
    assert searched == ["How do I book a train for Tuesday?", "How do I book a plane for Tuesday?"]


def test_a_follow_up_to_one_that_is_not_answered_yet_is_completed_from_its_words(cast: Cast) -> None:
    first, second = (follow(cast, text) for text in ("and in Berlin?", "and in Paris?"))
    [before] = claim_answers([first.pk])
    [claim] = claim_answers([second.pk])
    assert [turn.question for turn in before.question.turns] == ["How much leave do I get?"]
    assert [turn.question for turn in claim.question.turns] == [
        "How much leave do I get?",
        "How much leave do I get in Berlin?",
    ]


def test_small_talk_is_no_earlier_turn(cast: Cast) -> None:
    cast.answer.status = AnswerStatus.SMALL_TALK
    cast.answer.save()
    assert turns_before([follow(cast, "and who?").message], 3, 100) == [[]]


def test_quotes_of_a_deleted_document_are_left_out(cast: Cast) -> None:
    message = follow(cast, "who approves it?").message
    delete_document(cast.version.document)
    assert [turn.quotes for [turn] in turns_before([message], 3, 100)] == [()]


def test_an_unresolved_question_says_nothing_of_the_documents(cast: Cast) -> None:
    Answer.objects.filter(pk=cast.answer.pk).update(
        status="refused", manifest={"resolved_question": "and why?", "unresolved": True}
    )
    shown = shown_answer(
        str(cast.answer.conversation.uid), answer_view(Answer.objects.get(pk=cast.answer.pk))
    )
    assert shown.headline == "Question not clear"
    assert "whole question" in shown.statement
    assert "found" not in shown.statement.lower()
