"""Only the owner finds a conversation, and only while they may ask the collection; the number of queries is fixed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Membership, User
from apps.accounts.session_checks import HeldSession, unchanged_sessions
from apps.accounts.viewer import NOBODY, Viewer
from apps.chat.models import Conversation, Message
from apps.chat.selectors import (
    answer_for,
    conversation_for,
    conversations_for,
    message_for,
    messages_after,
)
from apps.chat.services import send_message
from apps.chat.sockets.handlers import Wanted, notifications_for
from apps.chat.tests.cast import Cast, ask, make_cast
from apps.common.errors import NotFound
from apps.common.events import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
VISITOR = Viewer(visitor_key="a" * 64)


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    return make_cast()


SELECTORS: list[tuple[Callable[[Viewer, uuid.UUID], object], Callable[[Cast], uuid.UUID]]] = [
    (conversation_for, lambda cast: cast.answer.conversation.uid),
    (message_for, lambda cast: cast.answer.message.uid),
    (answer_for, lambda cast: cast.answer.uid),
]


@pytest.mark.parametrize(("selector", "uid_of"), SELECTORS)
def test_only_the_owner(
    selector: Callable[..., object], uid_of: Callable[[Cast], uuid.UUID], cast: Cast
) -> None:
    assert selector(Viewer(user=cast.alice), uid_of(cast))
    for other in (Viewer(user=cast.bob), Viewer(user=cast.charlie), Viewer(user=cast.sam), VISITOR, NOBODY):
        with pytest.raises(NotFound):
            selector(other, uid_of(cast))


@pytest.mark.parametrize(("selector", "uid_of"), SELECTORS)
def test_only_while_they_may_ask(
    selector: Callable[..., object], uid_of: Callable[[Cast], uuid.UUID], cast: Cast
) -> None:
    Membership.objects.filter(user=cast.alice, workspace=cast.private.workspace).delete()
    with pytest.raises(NotFound):
        selector(Viewer(user=cast.alice), uid_of(cast))


def test_a_visitor_keeps_their_own(cast: Cast) -> None:
    mine = ask(VISITOR, cast.public, "How long?").conversation
    assert list(conversations_for(VISITOR)) == [mine]
    assert not conversations_for(Viewer(visitor_key="b" * 64)).exists()
    assert not conversations_for(NOBODY).exists()


def test_a_collection_that_is_no_longer_public(cast: Cast) -> None:
    ask(VISITOR, cast.public, "How long?")
    cast.public.is_public = False
    cast.public.save(update_fields=["is_public"])
    assert not conversations_for(VISITOR).exists()


@pytest.mark.parametrize(
    ("last_seq", "upto", "seqs"), [(0, 4, [1, 3, 4]), (2, 4, [3, 4]), (0, 2, [1]), (4, 4, [3, 4])]
)
def test_what_is_newer(cast: Cast, last_seq: int, upto: int, seqs: list[int]) -> None:
    """1 question, 2 its answer, 3 and 4 questions that wait."""
    alice, conversation = Viewer(user=cast.alice), cast.answer.conversation
    for text in ("And then?", "Why?"):
        send_message(alice, client_id=uuid.uuid4(), text=text, conversation=conversation.uid)
    conversation.refresh_from_db()
    assert [message.seq for message in messages_after(conversation, last_seq, upto)] == seqs


def test_two_queries_each(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """The second one for the membership: a public collection needs none."""
    alice = Viewer(user=cast.alice)
    public = ask(alice, cast.public, "How long?").conversation.uid
    for selector, uid_of in SELECTORS:
        uid = uid_of(cast)
        with django_assert_num_queries(2):
            selector(alice, uid)
    with django_assert_num_queries(1):
        conversation_for(alice, public)


def test_a_door_opens_what_the_list_holds(cast: Cast) -> None:
    asked = [
        (Viewer(user=cast.alice), cast.private),
        (Viewer(user=cast.bob), cast.public),
        (VISITOR, cast.public),
    ]
    conversations = [ask(viewer, collection, "How long?").conversation for viewer, collection in asked]
    viewers = (*(viewer for viewer, _ in asked), Viewer(user=cast.charlie), NOBODY)
    _agree(viewers, conversations)
    Membership.objects.filter(user=cast.alice, workspace=cast.private.workspace).delete()
    _agree(viewers, conversations)


def _agree(viewers: Iterable[Viewer], conversations: Iterable[Conversation]) -> None:
    for viewer in viewers:
        listed = set(conversations_for(viewer))
        for conversation in conversations:
            assert is_open_to(viewer, conversation.uid) == (conversation in listed)


def is_open_to(viewer: Viewer, uid: uuid.UUID) -> bool:
    try:
        return bool(conversation_for(viewer, uid))
    except NotFound:
        return False


def test_a_question_costs_no_more_in_a_long_conversation(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    alice, conversation = Viewer(user=cast.alice), cast.answer.conversation
    locks = int(connection.vendor == "postgresql")  # of the limit; SQLite needs none
    for _ in range(12):
        with django_assert_num_queries(9 + locks):
            send_message(alice, client_id=uuid.uuid4(), text="Why?", conversation=conversation.uid)
    assert Message.objects.filter(conversation=conversation).count() == 13
    with django_assert_num_queries(
        9 + locks
    ):  # to and fro, collection with membership, limit, number, four INSERTs
        send_message(alice, client_id=uuid.uuid4(), text="Why?", collection=cast.private.uid)


@pytest.mark.parametrize("sockets", [1, 5])
def test_a_notification_costs_as_many_queries_for_five_sockets_as_for_one(
    cast: Cast, sockets: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    done = Event("answer.done", str(cast.answer.uid))
    wanted = [Wanted(_signed_in(cast.alice), done) for _ in range(sockets)]
    notifications_for(wanted)  # the next check finds the session as it was
    with django_assert_num_queries(4):  # sessions with users, answers, membership, quotes
        frames = notifications_for(wanted)
    assert [frame.type for [frame] in filter(None, frames)] == ["answer.done"] * sockets


def test_a_session_that_has_ended_is_told_nothing(cast: Cast) -> None:
    done = Event("answer.done", str(cast.answer.uid))
    stays, ends = (Wanted(_signed_in(cast.alice), done) for _ in range(2))
    stranger = Wanted(_signed_in(cast.bob), done)
    assert notifications_for([stays, ends, stranger])[1]
    Session.objects.filter(session_key=ends.session.key).delete()
    kept, ended, others = notifications_for([stays, ends, stranger])
    assert kept
    assert ended is None
    assert others == []


@pytest.mark.parametrize("change", [{"password": "new"}, {"session_generation": 1}, {"is_active": False}])
def test_a_change_of_the_account_ends_its_sessions(cast: Cast, change: dict[str, object]) -> None:
    held = _signed_in(cast.alice)
    assert unchanged_sessions([held]) == {held}
    User.objects.filter(pk=cast.alice.pk).update(**change)
    assert unchanged_sessions([held]) == set()


def test_a_session_that_someone_else_has_taken_is_not_theirs(cast: Cast) -> None:
    held = _signed_in(cast.alice)
    assert unchanged_sessions([held]) == {held}
    theirs = Session.objects.get(session_key=_signed_in(cast.bob).key)
    Session.objects.filter(session_key=held.key).update(session_data=theirs.session_data)
    assert unchanged_sessions([held]) == set()


def _signed_in(user: User) -> HeldSession:
    client = Client()
    client.force_login(user)
    return HeldSession(client.session.session_key or "", Viewer(user=user))
