"""What a frame costs: the socket's answers per second depend on it."""

from __future__ import annotations

import uuid

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from apps.accounts.session_checks import HeldSession
from apps.accounts.viewer import Viewer, new_visitor
from apps.chat.services import claim_answers, send_message
from apps.chat.services.notifications import EventKind
from apps.chat.sockets.handlers import handle_frame
from apps.chat.sockets.protocol import Accepted, Send, Type
from apps.chat.tests.cast import Cast, ask, make_cast
from apps.chat.tests.sockets import held_by, told
from apps.common.events import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    cache.clear()
    return make_cast()


@pytest.fixture
def alice(cast: Cast) -> Viewer:
    return Viewer(user=cast.alice)


def known_session(cast: Cast) -> HeldSession:
    """Looked up before, as that of a socket that has been open for a while."""
    held = held_by(cast.alice)
    told(held, Event(EventKind.DONE, str(cast.answer.uid)))
    return held


def test_an_answer_takes_four_queries(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    held = known_session(cast)
    with django_assert_num_queries(4):  # session and its account, answer, membership, quotes
        assert told(held, Event(EventKind.DONE, str(cast.answer.uid)))


def test_what_is_compared_takes_one_more_query_than_the_answer(
    cast: Cast, alice: Viewer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    waiting = ask(alice, cast.private, "How long?")
    held, event = known_session(cast), Event(EventKind.WORKING, str(waiting.uid))
    with django_assert_num_queries(3):
        told(held, event)
    claim_answers([waiting.pk])
    with django_assert_num_queries(4):
        told(held, event)


def test_a_visitor_learns_how_many_questions_are_left_without_another_query(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    visitor, _secret = new_visitor()
    frame = Send(type=Type.SEND, client_id=uuid.uuid4(), text="How long?", collection=cast.public.uid)
    with CaptureQueriesContext(connection) as stored:
        send_message(visitor, client_id=uuid.uuid4(), text="How long?", collection=cast.public.uid)
    with django_assert_num_queries(len(stored)):
        (accepted,) = handle_frame(visitor, frame, "")
    assert isinstance(accepted, Accepted)
    assert accepted.questions_left is not None
    (again,) = handle_frame(visitor, frame, "")
    assert again == accepted
