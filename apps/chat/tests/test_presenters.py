"""What page, socket and commands show of a conversation."""

from __future__ import annotations

import dataclasses
import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from pytest_django import DjangoAssertNumQueries

from apps.accounts.viewer import Viewer
from apps.chat.answering.drafts import Status
from apps.chat.config import decision_config
from apps.chat.models import Answer, AnswerState
from apps.chat.presentation.conversation_views import answer_view, conversation_view
from apps.chat.selectors import answer_for, conversation_for
from apps.chat.tests.cast import SENTENCE, Cast, answered, ask, finish, make_cast, refused, span
from apps.knowledge.services import delete_document
from apps.knowledge.tests.files import load, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    return make_cast()


@pytest.fixture
def alice(cast: Cast) -> Viewer:
    return Viewer(user=cast.alice)


def test_an_answer(cast: Cast, alice: Viewer) -> None:
    shown = answer_view(answer_for(alice, cast.answer.uid))
    assert (shown.headline, shown.strength, shown.places) == ("Strong match", 3, "in 2 places")
    assert (shown.state, shown.status, shown.seq, shown.is_final) == ("done", "answered", 2, True)
    assert f" {decision_config().right_of_100.answered} " in shown.meaning
    first = shown.quotes[0]
    assert first.text == SENTENCE == cast.version.text[first.start : first.end]
    assert (first.number, first.version, first.document) == (1, 1, cast.version.title)
    assert first.url.startswith("/conversations/")
    assert shown.proof_url == f"/answers/{cast.answer.uid}/proof/"


def test_what_was_searched_for_is_said_where_it_differs(cast: Cast, alice: Viewer) -> None:
    assert answer_view(answer_for(alice, cast.answer.uid)).searched == ""
    cast.answer.manifest = {"resolved_question": "How much leave do I get, then?"}
    cast.answer.save(update_fields=["manifest"])
    (turn,) = conversation_view(conversation_for(alice, cast.answer.conversation.uid)).turns
    assert turn.answer.searched == "How much leave do I get, then?"


def test_one_place(cast: Cast, alice: Viewer) -> None:
    answer = ask(alice, cast.private, "How much?")
    finish(answer, Status.PARTIAL, quotes=(span(cast.version, SENTENCE),))
    shown = answer_view(answer_for(alice, answer.uid))
    assert (shown.headline, shown.strength, shown.places) == ("Partial match", 2, "in 1 place")


def test_a_refusal_has_nearest_passages_and_no_proof(cast: Cast, alice: Viewer) -> None:
    answer = refused(alice, cast.private, cast.version)
    shown = answer_view(answer_for(alice, answer.uid))
    assert shown.meaning == ""
    assert (shown.headline, shown.strength, shown.statement) == (
        "Not found",
        0,
        "The Staff handbook does not say.",
    )
    assert (shown.quotes, shown.places, shown.proof_url) == ((), "", "")
    assert shown.nearest[0].text == "Keep your tickets."
    assert shown.nearest[0].url.startswith(f"/documents/{cast.version.document.uid}/versions/1/?start=")


def test_waiting_and_given_up(cast: Cast, alice: Viewer) -> None:
    answer = ask(alice, cast.private, "How much?")
    shown = answer_view(answer_for(alice, answer.uid))
    assert (shown.state, shown.headline, shown.statement, shown.is_final) == ("pending", "", "", False)
    Answer.objects.filter(pk=answer.pk).update(state=AnswerState.DEAD, seq=9)
    shown = answer_view(answer_for(alice, answer.uid))
    assert (shown.headline, shown.is_final) == ("Could not be answered", True)
    assert shown.statement


def test_the_words_of_a_deleted_document_are_not_shown(cast: Cast, alice: Viewer) -> None:
    delete_document(cast.version.document)
    shown = answer_view(answer_for(alice, cast.answer.uid))
    assert all(
        quote.removed and (quote.text, quote.url, quote.heading) == ("", "", ()) for quote in shown.quotes
    )
    assert shown.places == ""


def test_places_count_what_is_shown(cast: Cast, alice: Viewer) -> None:
    load(cast.private, "trains.md", b"# Trains\n\nKeep your seat.\n")
    other = published(cast.private, "trains.md")
    assert other
    answer = ask(alice, cast.private, "What do I keep?")
    finish(answer, Status.ANSWERED, quotes=(span(other, "Keep your seat."), span(cast.version, SENTENCE)))
    delete_document(other.document)
    shown = answer_view(answer_for(alice, answer.uid))
    assert shown.places == "in 1 place"
    assert shown.proof_url
    delete_document(cast.version.document)
    gone = answer_view(answer_for(alice, answer.uid))
    assert (gone.places, gone.proof_url) == ("", "")


def test_a_view_is_json_as_it_is(cast: Cast, alice: Viewer) -> None:
    shown = conversation_view(conversation_for(alice, cast.answer.conversation.uid))
    as_json = json.loads(json.dumps(dataclasses.asdict(shown), cls=DjangoJSONEncoder))
    assert as_json["turns"][0]["answer"]["quotes"][0]["text"] == SENTENCE
    assert as_json["turns"][0]["message"]["seq"] == 1


@pytest.mark.parametrize("turns", [1, 6])
def test_a_conversation_costs_two_queries(
    cast: Cast, alice: Viewer, turns: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(turns):
        answered(cast.alice, cast.private, cast.version)
    conversation = conversation_for(alice, cast.answer.conversation.uid)
    Answer.objects.update(conversation=conversation.pk, seq=None, state=AnswerState.PENDING)
    for place, answer in enumerate(Answer.objects.select_related("message").order_by("pk")):
        type(answer.message).objects.filter(pk=answer.message.pk).update(conversation=conversation, seq=place)
    with django_assert_num_queries(2):
        shown = conversation_view(conversation)
    assert len(shown.turns) == turns + 1
