"""Only the owner finds a conversation, and only while they may ask the collection; the number of queries is fixed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable

import pytest
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Membership
from apps.accounts.viewer import NOBODY, Viewer
from apps.chat.models import Conversation, Message
from apps.chat.selectors import (
    answer_for,
    compared_stats,
    conversation_for,
    conversations_for,
    message_for,
    messages_after,
)
from apps.chat.services import send_message
from apps.chat.sockets.handlers import notifications_for
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
    for _ in range(12):
        with django_assert_num_queries(9):
            send_message(alice, client_id=uuid.uuid4(), text="Why?", conversation=conversation.uid)
    assert Message.objects.filter(conversation=conversation).count() == 13
    with django_assert_num_queries(9):  # to and fro, collection, membership, limit, number, three INSERTs
        send_message(alice, client_id=uuid.uuid4(), text="Why?", collection=cast.private.uid)


@pytest.mark.parametrize(("kind", "queries"), [("message.accepted", 2), ("answer.done", 3)])
def test_a_notification_costs_so_many_queries(
    cast: Cast, kind: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    row = cast.answer.message if kind == "message.accepted" else cast.answer
    with django_assert_num_queries(queries):
        assert notifications_for(Viewer(user=cast.alice), Event(kind, str(row.uid)))


def test_the_extent_of_a_collection(cast: Cast) -> None:
    stats = compared_stats(cast.private)
    assert (stats.passages, stats.documents) == (2, 1)
