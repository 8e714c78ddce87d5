"""One rendering: what a socket brings is byte for byte what the page shows."""

from __future__ import annotations

import uuid

import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.accounts.viewer import Viewer
from apps.chat.answering.drafts import Status
from apps.chat.models import Answer, AnswerState
from apps.chat.selectors import answer_for
from apps.chat.services import claim_answers
from apps.chat.services.notifications import EventKind
from apps.chat.sockets.html_frames import with_html
from apps.chat.tests.cast import SENTENCE, Cast, ask, client_of, finish, make_cast, refused, span
from apps.chat.tests.sockets import browser_of, held_by, socket, told
from apps.common.events import Event
from apps.common.tests.html import parse
from apps.knowledge.services import delete_document
from apps.knowledge.tests.files import load, published

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fake_encoder")]
PAYLOAD = "<script>alert(1)</script>"
finish_later = sync_to_async(finish)


@pytest.fixture
def cast(transactional_db: None, fake_encoder: None) -> Cast:
    cache.clear()
    made = make_cast()
    made.answer.conversation.refresh_from_db()  # asynchronous tests cannot load it
    return made


@pytest.fixture
def alice(cast: Cast) -> Viewer:
    return Viewer(user=cast.alice)


def fragment(viewer: Viewer, kind: EventKind, row: Answer) -> str:
    """What the socket brings of an answer, or of its question."""
    uid = row.message.uid if kind is EventKind.ACCEPTED else row.uid
    assert viewer.user
    (frame,) = with_html(told(held_by(viewer.user), Event(kind, str(uid))))
    return str(getattr(frame, "html", ""))


def page(cast: Cast, answer: Answer) -> str:
    return client_of(cast.alice).get(reverse("conversation", args=[answer.conversation.uid])).content.decode()


def with_a_table(cast: Cast) -> Answer:
    text = f"# Limits\n\n| Key | Value |\n| --- | --- |\n| largest `{PAYLOAD}` | 52 MB |\n"
    load(cast.private, "limits.md", text.encode())
    version = published(cast.private, "limits.md")
    assert version
    answer = ask(Viewer(user=cast.alice), cast.private, PAYLOAD)
    finish(answer, Status.PARTIAL, quotes=(span(version, f"largest {PAYLOAD}\t52 MB"),))
    answer.manifest = {"resolved_question": "searched <b>"}
    answer.save(update_fields=["manifest"])
    return answer


def of_deleted(cast: Cast) -> Answer:
    delete_document(cast.version.document)
    return cast.answer


def given_up(cast: Cast) -> Answer:
    answer = ask(Viewer(user=cast.alice), cast.private, "How much?")
    Answer.objects.filter(pk=answer.pk).update(state=AnswerState.DEAD, seq=9)
    return answer


def refusal(cast: Cast) -> Answer:
    return refused(Viewer(user=cast.alice), cast.private, cast.version)


@pytest.mark.parametrize(
    "make",
    [lambda cast: cast.answer, with_a_table, refusal, given_up, of_deleted],
    ids=lambda make: make.__name__,
)
def test_an_answer(cast: Cast, alice: Viewer, make: object) -> None:
    answer = make(cast)  # type: ignore[operator]  # parametrize gives it no type
    html = fragment(alice, EventKind.DONE, answer)
    assert html.startswith("<article ")
    assert html.rstrip("\n") in page(cast, answer)
    assert not parse(html).all("script, b b")


def test_a_question_that_waits(cast: Cast, alice: Viewer) -> None:
    waiting = ask(alice, cast.private, PAYLOAD)
    accepted = fragment(alice, EventKind.ACCEPTED, waiting)
    working = fragment(alice, EventKind.WORKING, waiting).rstrip("\n")
    assert working in accepted
    assert parse(working).words == "Waiting to start"
    claim_answers([waiting.pk])
    comparing = fragment(alice, EventKind.WORKING, waiting).rstrip("\n")
    assert parse(comparing).words == "Comparing 2 passages from 1 document"
    assert accepted.replace(working, comparing).rstrip("\n") in page(cast, waiting)
    assert "&lt;script&gt;alert(1)" in accepted


def test_html_costs_no_queries(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    frames = [
        *told(held_by(cast.alice), Event(EventKind.ACCEPTED, str(cast.answer.message.uid))),
        *told(held_by(cast.alice), Event(EventKind.DONE, str(cast.answer.uid))),
    ]
    with django_assert_num_queries(0):
        with_html(frames)


@pytest.fixture
def client(cast: Cast) -> Client:
    return browser_of(cast.alice)


async def test_a_page_is_brought_html(cast: Cast, client: Client, alice: Viewer) -> None:
    async with socket(client, query=b"html=1&language=en") as opened:
        accepted = await opened.ask("How much leave?", collection=cast.private.uid)
        answer = await Answer.objects.select_related("conversation__user").aget(
            message__uid=accepted["message"]["id"]
        )
        await finish_later(answer, Status.ANSWERED, quotes=(span(cast.version, SENTENCE),))
        *_, done = await opened.until("answer.done")
        stored = await sync_to_async(answer_for)(alice, answer.uid)
        assert accepted["html"] == await sync_to_async(fragment)(alice, EventKind.ACCEPTED, stored)
        assert done["html"] == await sync_to_async(fragment)(alice, EventKind.DONE, stored)
        await opened.send(type="resume", conversation=accepted["conversation"], last_seq=0)
        assert [frame.get("html") for frame in await opened.until("resumed")] == [
            accepted["html"],
            done["html"],
            None,
        ]


async def test_other_clients_are_sent_none(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.chat.sockets.consumers.with_html", None)  # it is not even called
    async with socket(client) as opened:
        await opened.send(type="resume", conversation=str(cast.answer.conversation.uid), last_seq=0)
        frames = await opened.until("resumed")
        assert [frame["type"] for frame in frames] == ["message.accepted", "answer.done", "resumed"]
        assert not any("html" in frame for frame in frames)


def test_a_stranger_is_brought_nothing(cast: Cast) -> None:
    for kind, uid in (
        (EventKind.ACCEPTED, cast.answer.message.uid),
        (EventKind.DONE, cast.answer.uid),
        (EventKind.DONE, uuid.uuid4()),
    ):
        assert told(held_by(cast.bob), Event(kind, str(uid))) == []
