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
from apps.chat.services import claim_answers, send_message
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
    message = [follow(cast, text) for text in ("and who?", "and why?")][-1].message
    with django_assert_num_queries(2):
        turns = turns_before(message, 5, 10)
    assert [turn.question for turn in turns] == ["How much a", "and who?"]
    assert turns[0].quotes == (SENTENCE[:10], "Keep your ")
    assert [turn.question for turn in turns_before(message, 1, 10)] == ["and who?"]


@pytest.mark.parametrize("asked", ["42", "true", "null", "[1]", '"quoted"', "{}"])
def test_a_question_that_looks_like_json_stays_a_text(cast: Cast, asked: str) -> None:
    cast.answer.manifest = {"resolved_question": asked}
    cast.answer.save()
    [turn] = turns_before(follow(cast, "and who?").message, 3, 100)
    assert turn.question == asked


def test_small_talk_is_no_earlier_turn(cast: Cast) -> None:
    cast.answer.status = AnswerStatus.SMALL_TALK
    cast.answer.save()
    assert turns_before(follow(cast, "and who?").message, 3, 100) == []


def test_quotes_of_a_deleted_document_are_left_out(cast: Cast) -> None:
    message = follow(cast, "who approves it?").message
    delete_document(cast.version.document)
    assert [turn.quotes for turn in turns_before(message, 3, 100)] == [()]


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
