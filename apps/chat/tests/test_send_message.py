"""A question comes in: stored once, numbered, limited, and only where the asker may ask."""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from apps.accounts.models import Membership
from apps.accounts.viewer import NOBODY, Viewer
from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState, Conversation, Message
from apps.chat.services import Sent, asking, send_message
from apps.chat.tests.cast import Cast, make_cast
from apps.common.errors import AppError, Code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
VISITOR = Viewer(visitor_key="a" * 64)


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    cache.clear()
    return make_cast()


def ask(viewer: Viewer, cast: Cast, text: str = "How long?", **options: Any) -> Sent:
    where = {} if "conversation" in options else {"collection": cast.public.uid}
    return send_message(viewer, **{"client_id": uuid.uuid4(), "text": text, **where, **options})


def refused(viewer: Viewer, cast: Cast, **options: Any) -> Code:
    with pytest.raises(AppError) as error:
        ask(viewer, cast, **options)
    return error.value.code


def test_the_same_client_id_in_another_conversation_is_another_question(cast: Cast) -> None:
    client_id = uuid.uuid4()
    first, second = (ask(VISITOR, cast).message.conversation.uid for _ in range(2))
    assert not ask(VISITOR, cast, client_id=client_id, conversation=first).again
    assert not ask(VISITOR, cast, client_id=client_id, conversation=second).again


def test_the_same_client_id_after_its_collection_was_closed_is_a_conflict(cast: Cast) -> None:
    alice, client_id = Viewer(user=cast.alice), uuid.uuid4()
    ask(alice, cast, client_id=client_id, collection=cast.private.uid)
    Membership.objects.filter(user=cast.alice, workspace=cast.private.workspace).delete()
    assert refused(alice, cast, client_id=client_id) is Code.CONFLICT


def test_a_first_question_begins_a_conversation(cast: Cast) -> None:
    message = ask(VISITOR, cast, "  How\r\nlong?  ").message
    conversation = message.conversation
    assert (conversation.visitor_key, conversation.user) == (VISITOR.visitor_key, None)
    assert (conversation.title, message.text, message.seq) == ("How long?", "How\nlong?", 1)
    answer = Answer.objects.get(message=message)
    assert (answer.state, answer.attempt, answer.seq) == (AnswerState.PENDING, 0, None)
    assert answer.lease_until is None


def test_numbers_go_on_in_a_conversation(cast: Cast) -> None:
    alice = Viewer(user=cast.alice)
    first = ask(alice, cast).message
    second = ask(alice, cast, conversation=first.conversation.uid).message
    assert (second.conversation, second.seq) == (first.conversation, 2)


@pytest.mark.parametrize("in_conversation", [True, False])
def test_the_same_client_id_is_stored_once(cast: Cast, in_conversation: bool) -> None:
    client_id = uuid.uuid4()
    first = ask(VISITOR, cast, client_id=client_id)
    where: dict[str, Any] = {"conversation": first.message.conversation.uid} if in_conversation else {}
    again = ask(VISITOR, cast, client_id=client_id, **where)
    assert (first.again, again.again) == (False, True)
    assert again.message == first.message
    assert Message.objects.filter(client_id=client_id).count() == 1
    assert Conversation.objects.filter(visitor_key=VISITOR.visitor_key).count() == 1


def test_the_same_client_id_with_other_words_is_a_conflict(cast: Cast) -> None:
    client_id = uuid.uuid4()
    ask(VISITOR, cast, client_id=client_id)
    assert refused(VISITOR, cast, client_id=client_id, text="How short?") is Code.CONFLICT


def test_two_people_may_make_the_same_client_id(cast: Cast) -> None:
    client_id = uuid.uuid4()
    ask(VISITOR, cast, client_id=client_id)
    assert not ask(Viewer(user=cast.bob), cast, client_id=client_id).again


def test_only_where_one_may_ask(cast: Cast) -> None:
    charlie, private = Viewer(user=cast.charlie), cast.private.uid
    theirs = cast.answer.conversation.uid
    assert refused(charlie, cast, collection=private) is Code.NOT_FOUND
    assert refused(VISITOR, cast, collection=private) is Code.NOT_FOUND
    assert refused(Viewer(user=cast.bob), cast, conversation=theirs) is Code.NOT_FOUND
    assert refused(NOBODY, cast) is Code.NOT_FOUND
    assert refused(VISITOR, cast, collection=uuid.uuid4()) is Code.NOT_FOUND


def test_one_place_to_ask(cast: Cast) -> None:
    conversation = ask(VISITOR, cast).message.conversation.uid
    both = {"conversation": conversation, "collection": cast.public.uid}
    assert refused(VISITOR, cast, **both) is Code.INVALID
    assert refused(VISITOR, cast, collection=None) is Code.INVALID


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.INVALID),
        (" \n\t ", Code.INVALID),
        ("a\x00b", Code.INVALID),
        ("a\ud800b", Code.INVALID),
        ("x" * 4001, Code.TOO_LONG),
    ],
)
def test_what_is_not_a_question(cast: Cast, text: str, code: Code) -> None:
    assert refused(VISITOR, cast, text=text) is code


def test_words_are_stored_composed(cast: Cast) -> None:
    assert ask(VISITOR, cast, "Cafe\u0301?").message.text == "Caf\u00e9?"


def test_a_visitor_asks_a_few_questions_an_hour(cast: Cast) -> None:
    limit = chat_config().visitor_questions_per_hour
    for _ in range(limit):
        ask(VISITOR, cast)
    assert refused(VISITOR, cast) is Code.TOO_MANY
    assert not ask(Viewer(visitor_key="b" * 64), cast).again


def test_new_sessions_do_not_lift_the_limit_of_an_address(cast: Cast) -> None:
    limit = chat_config().address_questions_per_hour
    for number in range(limit):
        ask(Viewer(visitor_key=f"{number:064}"), cast, address="203.0.113.7")
    assert refused(Viewer(visitor_key="c" * 64), cast, address="203.0.113.7") is Code.TOO_MANY
    assert not ask(Viewer(visitor_key="c" * 64), cast, address="203.0.113.8").again


def test_a_member_asks_so_many_questions_a_minute(cast: Cast) -> None:
    bob = Viewer(user=cast.bob)
    for _ in range(chat_config().member_questions_per_minute):
        ask(bob, cast)
    assert refused(bob, cast) is Code.TOO_MANY


def test_a_refused_question_leaves_nothing(cast: Cast) -> None:
    before = Conversation.objects.count(), Message.objects.count()
    for _ in range(chat_config().visitor_questions_per_hour):
        ask(VISITOR, cast)
    refused(VISITOR, cast)
    taken = chat_config().visitor_questions_per_hour
    assert (Conversation.objects.count(), Message.objects.count()) == (before[0] + taken, before[1] + taken)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("person", ["alice", "visitor"])
def test_questions_at_the_same_time_do_not_exceed_the_limit(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, person: str
) -> None:
    tight = chat_config().model_copy(
        update={"member_questions_per_minute": 3, "visitor_questions_per_hour": 3}
    )
    monkeypatch.setattr("apps.chat.services.limits.chat_config", lambda: tight)
    viewer = VISITOR if person == "visitor" else Viewer(user=cast.alice)
    store = asking._message

    def store_slowly(*args: Any) -> Message:
        time.sleep(0.1)
        return store(*args)

    monkeypatch.setattr(asking, "_message", store_slowly)
    together = threading.Barrier(8)

    def send() -> None:
        together.wait()
        with contextlib.suppress(AppError):
            ask(viewer, cast)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked = Message.objects.filter(
        conversation__user=viewer.user, conversation__visitor_key=viewer.visitor_key
    )
    assert asked.count() == 3
