"""The neutral values of a conversation: no addresses, no sentences, and a bounded number of turns."""

from __future__ import annotations

import dataclasses
import json
import uuid
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from pytest_django import DjangoAssertNumQueries

from apps.accounts.viewer import Viewer
from apps.chat.answering.drafts import Status
from apps.chat.config import decision_config
from apps.chat.models import Answer, AnswerState, Conversation
from apps.chat.presentation.conversation_views import (
    TURNS_SHOWN,
    ConversationView,
    answer_view,
    conversation_view,
)
from apps.chat.selectors import answer_for, conversation_for
from apps.chat.services import send_message
from apps.chat.tests.cast import SENTENCE, Cast, ask, finish, make_cast, refused, span
from apps.knowledge.services import delete_document

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    return make_cast()


@pytest.fixture
def alice(cast: Cast) -> Viewer:
    return Viewer(user=cast.alice)


def as_json(view: Any) -> Any:
    return json.loads(json.dumps(dataclasses.asdict(view), cls=DjangoJSONEncoder))


def test_an_answer(cast: Cast, alice: Viewer) -> None:
    shown = answer_view(answer_for(alice, cast.answer.uid))
    assert (shown.state, shown.status, shown.seq, shown.is_final) == ("done", "answered", 2, True)
    assert (shown.strength, shown.right_of_100) == (3, decision_config().right_of_100.answered)
    assert (shown.collection, shown.outage, shown.nearest) == ("Staff handbook", "", ())
    first = shown.quotes[0]
    assert first.text == SENTENCE == cast.version.text[first.start : first.end]
    assert (first.number, first.version, first.document) == (1, 1, cast.version.title)
    assert first.document_id == str(cast.version.document.uid)


def test_the_figure_is_that_of_the_encoder_that_answered(cast: Cast, alice: Viewer) -> None:
    cast.answer.manifest = {"encoder": {"name": "mpnet", "digest": "0" * 64}}
    cast.answer.save(update_fields=["manifest"])
    shown = answer_view(answer_for(alice, cast.answer.uid))
    assert shown.right_of_100 == decision_config().of("mpnet").right_of_100.answered


def test_what_was_searched_for_is_named_where_it_differs(cast: Cast, alice: Viewer) -> None:
    assert answer_view(answer_for(alice, cast.answer.uid)).searched == ""
    cast.answer.manifest = {"resolved_question": "How much leave do I get, then?"}
    cast.answer.save(update_fields=["manifest"])
    (turn,) = conversation_view(conversation_for(alice, cast.answer.conversation.uid)).turns
    assert turn.answer.searched == "How much leave do I get, then?"


def test_a_refusal(cast: Cast, alice: Viewer) -> None:
    shown = answer_view(answer_for(alice, refused(alice, cast.private, cast.version).uid))
    assert (shown.status, shown.strength, shown.right_of_100, shown.quotes) == ("refused", 0, None, ())
    assert [quote.text for quote in shown.nearest] == ["Keep your tickets."]


def test_waiting_and_given_up(cast: Cast, alice: Viewer) -> None:
    answer = ask(alice, cast.private, "How much?")
    shown = answer_view(answer_for(alice, answer.uid))
    assert (shown.state, shown.status, shown.seq, shown.is_final) == ("pending", "", None, False)
    Answer.objects.filter(pk=answer.pk).update(state=AnswerState.DEAD, seq=9, outage="encoder")
    shown = answer_view(answer_for(alice, answer.uid))
    assert (shown.state, shown.outage, shown.is_final) == ("dead", "encoder", True)


def test_the_words_of_a_deleted_document_are_not_shown(cast: Cast, alice: Viewer) -> None:
    delete_document(cast.version.document)
    shown = answer_view(answer_for(alice, cast.answer.uid))
    assert all(quote.removed and (quote.text, quote.heading) == ("", ()) for quote in shown.quotes)


def test_a_view_is_json_as_it_is(cast: Cast, alice: Viewer) -> None:
    found = as_json(conversation_view(conversation_for(alice, cast.answer.conversation.uid)))
    assert found["turns"][0]["answer"]["quotes"][0]["text"] == SENTENCE
    assert found["turns"][0]["message"]["seq"] == 1


def test_a_view_holds_no_address_and_no_sentence(cast: Cast, alice: Viewer) -> None:
    """But those that were asked and quoted: what to say and where to lead is the client's choice."""
    for answer in (cast.answer, refused(alice, cast.private, cast.version)):
        found = as_json(answer_view(answer_for(alice, answer.uid)))
        quoted = [quote.pop("text") for quote in found["quotes"] + found["nearest"]]
        assert quoted
        texts = [text for value in _leaves(found) if isinstance(text := value, str)]
        assert not [text for text in texts if "/" in text or text.endswith(".")]


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    return [leaf for each in value for leaf in _leaves(each)] if isinstance(value, list) else [value]


def long_conversation(cast: Cast, turns: int) -> Conversation:
    """Its first turn is answered; the others follow, answered with one quote each."""
    conversation = cast.answer.conversation
    for n in range(2, turns + 1):
        sent = send_message(
            Viewer(user=cast.alice),
            client_id=uuid.uuid4(),
            text=f"Question {n}",
            conversation=conversation.uid,
        )
        finish(sent.message.answer, Status.ANSWERED, quotes=(span(cast.version, SENTENCE),))
    return conversation_for(Viewer(user=cast.alice), conversation.uid)


def texts(view: ConversationView) -> list[str]:
    return [turn.message.text for turn in view.turns]


def test_the_last_turns_are_shown(cast: Cast) -> None:
    conversation = long_conversation(cast, TURNS_SHOWN + 5)
    last = conversation_view(conversation)
    assert texts(last) == [f"Question {n}" for n in range(6, TURNS_SHOWN + 6)]
    assert (last.has_earlier, last.has_later) == (True, False)
    earlier = conversation_view(conversation, before=last.turns[0].message.seq)
    assert texts(earlier) == ["How much leave do I get?", *(f"Question {n}" for n in range(2, 6))]
    assert (earlier.has_earlier, earlier.has_later) == (False, True)


@pytest.mark.parametrize("before", [0, 1])
def test_there_is_nothing_before_the_first_one(cast: Cast, before: int) -> None:
    view = conversation_view(cast.answer.conversation, before)
    assert (view.turns, view.has_earlier, view.has_later) == ((), False, True)


def test_a_number_past_the_end_shows_the_last_turns(cast: Cast) -> None:
    view = conversation_view(cast.answer.conversation, 10**15)
    assert texts(view) == ["How much leave do I get?"]
    assert (view.has_earlier, view.has_later) == (False, False)


@pytest.mark.parametrize("turns", [2, TURNS_SHOWN + 5])
def test_a_conversation_costs_the_same_however_long_it_is(
    cast: Cast, turns: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    conversation = long_conversation(cast, turns)
    with django_assert_num_queries(2):
        conversation_view(conversation)
    with django_assert_num_queries(3):
        conversation_view(conversation, before=4)
