"""Renaming, pinning, deleting and restoring one's own conversations."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.accounts.viewer import NOBODY, Viewer
from apps.chat import services
from apps.chat.answering.drafts import Status
from apps.chat.models import Answer, AnswerState, Conversation, Message, Quote
from apps.chat.pages.sidebar import Sidebar
from apps.chat.selectors import answer_for, answers_for, conversation_for, deleted_conversations_for
from apps.chat.services import erasing, managing
from apps.chat.tests.cast import Cast, answered, ask, client_of, finish, make_cast, span
from apps.common.errors import AppError, NotFound
from apps.common.tests.html import get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
VISITOR = Viewer(visitor_key="a" * 64)
NAUGHTY = (
    "<script>alert(1)</script>",
    "'; DROP TABLE x; --",
    "مرحبا",
    "👩‍👩‍👧",
    "{{ 7*7 }}",
    "%s%n",
    "../..",
)


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    return make_cast()


def test_a_conversation_is_renamed_as_written(cast: Cast) -> None:
    client = client_of(cast.alice)
    for title in NAUGHTY:
        response = client.post(_address("conversation_options", cast), {"title": title})
        soup = get(client, response["Location"])
        assert soup.one("h1").text == title
        assert soup.one('.entry a[aria-current="page"]').text == title


def test_a_name_that_cannot_be(cast: Cast) -> None:
    before = cast.answer.conversation.title
    for title in ("", " \u200b ", "x" * 201, "a\x00b"):
        response = client_of(cast.alice).post(_address("conversation_options", cast), {"title": title})
        assert response.status_code == 400
    assert Conversation.objects.get(pk=cast.answer.conversation.pk).title == before


def test_pinned_ones_stand_first(cast: Cast) -> None:
    client, home = client_of(cast.alice), _address("conversation", cast)
    newer = answered(cast.alice, cast.private, cast.version).conversation
    _post(client, "pin_conversation", cast, pinned="yes", referer=home)
    soup = get(client, home)
    assert [each.text for each in soup.all(".sidebar section h2")] == ["Collections", "Pinned", "Today"]
    shown = [each["href"] for each in soup.all(".entry > a:first-child")]
    assert shown == [home, reverse("conversation", args=[newer.uid])]
    _post(client, "pin_conversation", cast, pinned="no", referer=home)
    assert "Pinned" not in get(client, home).words


def test_no_more_than_so_many_are_pinned(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(managing, "MOST_PINNED", 1)
    viewer = Viewer(user=cast.alice)
    other = answered(cast.alice, cast.private, cast.version).conversation
    for _ in range(2):
        services.pin_conversation(viewer, other.uid)
    client = client_of(cast.alice)
    _post(client, "pin_conversation", cast, pinned="yes")
    assert "Unpin another one first." in get(client, "/").words


def test_a_deleted_one_is_nowhere(cast: Cast) -> None:
    client, viewer = client_of(cast.alice), Viewer(user=cast.alice)
    conversation, answer = cast.answer.conversation, cast.answer
    assert "Delete this conversation?" in get(client, _address("delete_conversation", cast)).words
    for _ in range(2):  # a second press changes nothing
        address = _post(client, "delete_conversation", cast)
    notice = get(client, address).one(".notice form")
    assert notice["action"] == _address("restore_conversation", cast)
    for name in ("conversation", "conversation_options", "delete_conversation"):
        assert client.get(_address(name, cast)).status_code == 404
    assert client.get(reverse("proof", args=[answer.uid])).status_code == 404
    for selector, uid in ((conversation_for, conversation.uid), (answer_for, answer.uid)):
        with pytest.raises(NotFound):
            selector(viewer, uid)
    assert answers_for([(viewer, answer.uid)]) == [None]  # what sockets are told about
    assert str(conversation.uid) not in client.get("/").content.decode()


def test_it_is_restored_with_its_answers(cast: Cast) -> None:
    client = client_of(cast.alice)
    _post(client, "delete_conversation", cast)
    listed = get(client, reverse("deleted_conversations"))
    assert cast.answer.conversation.title in listed.words
    for _ in range(2):
        address = _post(client, "restore_conversation", cast)
    assert get(client, address).has("a.quote")
    assert "Nothing has been deleted" in get(client, reverse("deleted_conversations")).words


def test_a_question_of_a_deleted_one_is_answered_for_when_it_is_restored(cast: Cast) -> None:
    viewer = Viewer(user=cast.alice)
    waiting = ask(viewer, cast.private, "How much leave?")
    services.delete_conversation(viewer, waiting.conversation.uid)
    finish(waiting, Status.ANSWERED, quotes=(span(cast.version, "Keep your tickets."),))
    services.restore_conversation(viewer, waiting.conversation.uid)
    assert answer_for(viewer, waiting.uid).state == AnswerState.DONE


@pytest.mark.parametrize("name", ["export_markdown", "export_json"])
def test_asking_for_the_head_of_an_export_reads_no_conversation(cast: Cast, name: str) -> None:
    client, address = client_of(cast.alice), reverse(name, args=[cast.answer.conversation.uid])
    with CaptureQueriesContext(connection) as queries:
        response = client.head(address)
    assert response.status_code == 200
    assert "Content-Length" not in response
    assert "attachment" in response["Content-Disposition"]
    assert not any('"chat_message"' in query["sql"] for query in queries)
    assert int(client.get(address)["Content-Length"]) > 0


ACTS: list[Callable[[Viewer, Cast], object]] = [
    lambda viewer, cast: services.rename_conversation(viewer, cast.answer.conversation.uid, "Mine"),
    lambda viewer, cast: services.pin_conversation(viewer, cast.answer.conversation.uid),
    lambda viewer, cast: services.unpin_conversation(viewer, cast.answer.conversation.uid),
    lambda viewer, cast: services.delete_conversation(viewer, cast.answer.conversation.uid),
    lambda viewer, cast: services.restore_conversation(viewer, cast.answer.conversation.uid),
]


def test_others_change_nothing(cast: Cast) -> None:
    before = Conversation.objects.values().get(pk=cast.answer.conversation.pk)
    for act in ACTS:
        for viewer in (Viewer(user=cast.bob), Viewer(user=cast.sam), VISITOR, NOBODY):
            with pytest.raises(NotFound):
                act(viewer, cast)
    assert Conversation.objects.values().get(pk=cast.answer.conversation.pk) == before


def test_a_visitor_manages_their_own(cast: Cast) -> None:
    client = Client()
    client.post(reverse("ask"), {"collection": cast.public.uid, "text": "How long?"})
    mine = Conversation.objects.get(user=None)
    client.post(reverse("delete_conversation", args=[mine.uid]))
    assert mine.title in get(client, reverse("deleted_conversations")).words
    assert mine.title not in get(Client(), reverse("deleted_conversations")).words
    client.post(reverse("restore_conversation", args=[mine.uid]))
    get(client, reverse("conversation", args=[mine.uid]))


def test_what_is_over_is_erased(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "AT_ONCE", 2)
    viewer, conversation = Viewer(user=cast.alice), cast.answer.conversation
    for _ in range(3):
        services.send_message(
            viewer, client_id=uuid.uuid4(), text="How much leave?", conversation=conversation.uid
        )
    kept = answered(cast.alice, cast.private, cast.version)
    services.delete_conversation(viewer, kept.conversation.uid)
    services.delete_conversation(viewer, conversation.uid)
    Conversation.objects.filter(pk=conversation.pk).update(deleted_at=F("deleted_at") - timedelta(days=8))
    with pytest.raises(NotFound):
        services.restore_conversation(viewer, conversation.uid)
    assert [services.erase_deleted_conversations() for _ in range(2)] == [1, 0]
    assert not Message.objects.filter(conversation_id=conversation.pk).exists()
    assert not Quote.objects.filter(answer_id=cast.answer.pk).exists()
    assert Answer.objects.filter(pk=kept.pk).exists()
    assert list(deleted_conversations_for(viewer)) == [kept.conversation]


def test_a_name_with_too_many_characters_is_refused_by_the_service(cast: Cast) -> None:
    with pytest.raises(AppError, match="longer than 200"):
        services.rename_conversation(Viewer(user=cast.alice), cast.answer.conversation.uid, "x" * 201)


def test_the_sidebar_takes_two_queries_for_any_number(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Conversation.objects.bulk_create(
        Conversation(
            workspace=cast.private.workspace,
            collection=cast.private,
            user=cast.alice,
            client_id=uuid.uuid4(),
            title=f"{number}",
            pinned_at=timezone.now() if number < 5 else None,
        )
        for number in range(200)
    )
    sidebar = Sidebar.__new__(Sidebar)
    sidebar.viewer = Viewer(user=cast.alice)
    with django_assert_num_queries(2):
        groups = sidebar.groups
    assert [len(group.conversations) for group in groups] == [5, 60]


def _address(name: str, cast: Cast) -> str:
    return reverse(name, args=[cast.answer.conversation.uid])


def _post(client: Client, name: str, cast: Cast, *, referer: str = "/", **fields: str) -> str:
    """Returns the address that it leads to."""
    headers = {"Referer": f"http://testserver{referer}"}
    response = client.post(_address(name, cast), fields, headers=headers)
    assert response.status_code == 302
    return str(response["Location"])
