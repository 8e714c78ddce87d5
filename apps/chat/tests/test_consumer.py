"""The socket: what it says to frames and to notifications, and when it ends."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import InMemoryChannelLayer
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from redis.exceptions import ConnectionError as RedisAway
from uvicorn.protocols.utils import ClientDisconnected

from apps.accounts.viewer import Viewer
from apps.chat.answering.drafts import Status
from apps.chat.config import chat_config
from apps.chat.models import Answer
from apps.chat.sockets import consumers, frame_limit
from apps.chat.sockets.consumers import ChatConsumer, reading, writing
from apps.chat.tests.cast import SENTENCE, Cast, ask, finish, make_cast, span
from apps.chat.tests.sockets import Refused, browser, browser_of, socket
from apps.common.outages import DISK_FULL

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fake_encoder")]
finish_later = sync_to_async(finish)


@pytest.fixture
def cast(transactional_db: None, fake_encoder: None) -> Cast:
    cache.clear()
    made = make_cast()
    made.answer.conversation.refresh_from_db()  # asynchronous tests cannot load it
    return made


@pytest.fixture
def alice(cast: Cast) -> Client:
    return browser_of(cast.alice)


@pytest.fixture
def visitor(cast: Cast) -> Client:
    return browser_of(None)


async def answer_of(accepted: dict[str, Any]) -> Answer:
    rows = Answer.objects.select_related("conversation__user")
    return await rows.aget(message__uid=accepted["message"]["id"])


async def test_welcome(alice: Client, visitor: Client) -> None:
    for client, signed_in in ((alice, True), (visitor, False)):
        async with socket(client, welcome=False) as opened:
            assert await opened.receive() == {"type": "welcome", "version": 1, "signed_in": signed_in}


async def test_a_question_and_its_answer(cast: Cast, alice: Client) -> None:
    async with socket(alice) as opened:
        accepted = await opened.ask("How much leave?", collection=cast.private.uid)
        assert (accepted["type"], accepted["message"]["text"]) == ("message.accepted", "How much leave?")
        await finish_later(await answer_of(accepted), Status.ANSWERED, quotes=(span(cast.version, SENTENCE),))
        *working, done = await opened.until("answer.done")
        assert {frame["type"] for frame in working} <= {"answer.working"}
        assert done["conversation"] == accepted["conversation"]
        assert done["answer"]["message"] == accepted["message"]["id"]
        assert done["answer"]["quotes"][0]["text"] == SENTENCE
        assert await opened.is_silent()


async def test_working_says_what_is_compared(cast: Cast, alice: Client) -> None:
    from apps.chat.services import claim_answers

    async with socket(alice) as opened:
        accepted = await opened.ask("How much leave?", collection=cast.private.uid)
        answer = await answer_of(accepted)
        await sync_to_async(claim_answers)([answer.pk])
        working = await opened.receive()
        assert (working["type"], working["state"]) == ("answer.working", "running")
        assert working["note"] == {"compared": 2, "documents": 1}


async def test_every_tab_sees_the_question_once(cast: Cast, alice: Client) -> None:
    async with socket(alice) as one, socket(alice) as other:
        accepted = await one.ask("How much leave?", collection=cast.private.uid)
        assert await other.receive() == accepted
        assert await one.is_silent()


async def test_nobody_else_hears_of_it(cast: Cast, alice: Client, visitor: Client) -> None:
    async with socket(alice) as mine, socket(visitor) as theirs, socket(await browser(None)) as third:
        await mine.ask("How long?", collection=cast.public.uid)
        assert await theirs.is_silent()
        assert await third.is_silent()


async def test_the_same_client_id_again(cast: Cast, visitor: Client) -> None:
    client_id, where = str(uuid.uuid4()), str(cast.public.uid)
    frame = {"type": "message.send", "client_id": client_id, "text": "How long?", "collection": where}
    async with socket(visitor) as opened:
        await opened.send(**frame)
        first = await opened.receive()
        await finish_later(await answer_of(first), Status.REFUSED)
        await opened.until("answer.done")
        await opened.send(**frame)
        assert await opened.receive() == first
        assert (await opened.receive())["type"] == "answer.done"
        await opened.send(**{**frame, "text": "How short?"})
        error = await opened.receive()
        assert (error["type"], error["code"], error["client_id"]) == ("error", "conflict", client_id)


async def test_a_bad_frame_leaves_the_socket_open(visitor: Client) -> None:
    async with socket(visitor) as opened:
        await opened.send_text("{")
        assert (await opened.receive())["code"] == "invalid"
        await opened.send_bytes(b"\x00\x01")
        assert (await opened.receive())["code"] == "invalid"
        await opened.send_text(" " * (chat_config().max_frame_bytes + 1))
        assert (await opened.receive())["code"] == "too_long"
        await opened.send(type="ping")
        assert await opened.receive() == {"type": "pong"}


async def test_a_bug_is_told_and_leaves_the_socket_open(
    cast: Cast, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.chat.sockets.handlers.services.send_message", lambda *_, **__: 1 / 0)
    async with socket(visitor) as opened:
        error = await opened.ask("How long?", collection=cast.public.uid)
        assert (error["type"], error["code"]) == ("error", "unavailable")
        assert error["client_id"]
        await opened.send(type="ping")
        assert await opened.receive() == {"type": "pong"}


async def test_an_outage_is_told_in_a_sentence(
    cast: Cast, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OperationalError("disk is full") from PostgresDiskFull()

    monkeypatch.setattr("apps.chat.sockets.handlers.services.send_message", full)
    async with socket(visitor) as opened:
        error = await opened.ask("How long?", collection=cast.public.uid)
        assert (error["code"], error["message"]) == ("unavailable", str(DISK_FULL))


class PostgresDiskFull(Exception):
    sqlstate = "53100"


async def test_a_ping_waits_for_no_thread(cast: Cast, visitor: Client) -> None:
    """Not even on the socket whose question waits for one."""
    let_go = threading.Event()
    async with socket(visitor) as opened:
        calls = [
            asyncio.ensure_future(pool.run(let_go.wait, 20))
            for pool in (reading, writing)
            for _ in range(settings.QUOTH_SOCKET_THREADS)
        ]
        question = {"client_id": str(uuid.uuid4()), "text": "How long?", "collection": str(cast.public.uid)}
        await opened.send(type="message.send", **question)
        for _ in range(3):
            await opened.send(type="ping")
            assert await opened.receive() == {"type": "pong"}
        let_go.set()
        assert (await opened.receive())["type"] == "message.accepted"
    await asyncio.gather(*calls)


async def test_writes_that_wait_delay_no_reading(cast: Cast, alice: Client, visitor: Client) -> None:
    let_go = threading.Event()
    async with socket(alice) as reader, socket(visitor) as writer:
        calls = [
            asyncio.ensure_future(writing.run(let_go.wait, 20)) for _ in range(settings.QUOTH_SOCKET_THREADS)
        ]
        await writer.send(
            type="message.send",
            client_id=str(uuid.uuid4()),
            text="How long?",
            collection=str(cast.public.uid),
        )
        await writer.send(type="ping")
        assert await writer.receive() == {"type": "pong"}
        await reader.send(type="resume", conversation=str(cast.answer.conversation.uid), last_seq=0)
        await reader.until("resumed")
        let_go.set()
        assert (await writer.receive())["type"] == "message.accepted"
    await asyncio.gather(*calls)


async def test_too_many_frames_are_refused_and_slowed_down(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_limit, "PERIOD", 1.0)
    frames = chat_config().frames_per_10_seconds
    async with socket(visitor) as opened:
        began = time.monotonic()
        for _ in range(3 * frames):
            await opened.send(type="ping")
        answers = [await opened.receive() for _ in range(3 * frames)]
        lasted = time.monotonic() - began
        pongs = sum(answer["type"] == "pong" for answer in answers)
        refused = [answer for answer in answers if answer["type"] == "error"]
        assert {answer["code"] for answer in refused} == {"too_many"}
        assert len(refused) + pongs == 3 * frames
        assert frames <= pongs <= frames * (1 + lasted) + 1
        assert lasted > len(refused) / frames * 0.9
        await asyncio.sleep(1.0)
        await opened.send(type="ping")
        assert await opened.receive() == {"type": "pong"}


async def test_a_question_that_is_refused_as_too_much_is_named(
    visitor: Client, change_config: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_limit, "PERIOD", 0.1)
    change_config("chat", frames_per_10_seconds=1)
    client_id = str(uuid.uuid4())
    async with socket(visitor) as opened:
        await opened.send(type="ping")
        await opened.send(type="message.send", client_id=client_id, text="Where do visitors park?")
        answers = [await opened.receive() for _ in range(2)]
    (refused,) = [answer for answer in answers if answer["type"] == "error"]
    assert (refused["code"], refused["client_id"]) == ("too_many", client_id)


async def test_a_person_has_so_many_sockets(
    cast: Cast, alice: Client, visitor: Client, change_config: Callable[..., None]
) -> None:
    change_config("chat", sockets_per_viewer=2)
    async with socket(alice), socket(alice):
        async with socket(alice, welcome=False) as third:
            assert await third.receive() == {}
            assert third.closed == 4429
        async with socket(visitor):
            pass
    async with socket(alice):
        pass
    assert not consumers._sockets


async def test_resuming_is_limited(cast: Cast, alice: Client, change_config: Callable[..., None]) -> None:
    cache.clear()
    change_config("chat", resumes_per_minute=2)
    conversation = str(cast.answer.conversation.uid)
    seen: set[str] = set()
    async with socket(alice) as opened:
        for _ in range(3):
            await opened.send(type="resume", conversation=conversation, last_seq=0)
        while "error" not in seen:
            frame = await opened.receive()
            seen.add(frame["type"])
        assert frame["code"] == "too_many"


async def test_a_database_that_is_away_closes_a_new_socket_for_now(
    alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("apps.chat.sockets.consumers.viewer_of_session", away)
    async with socket(alice, welcome=False) as opened:
        assert await opened.receive() == {}
        assert opened.closed == 1013


async def test_a_channel_layer_that_is_away_closes_a_new_socket_for_now(
    alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise RedisAway

    monkeypatch.setattr(InMemoryChannelLayer, "group_add", away)
    async with socket(alice, welcome=False) as opened:
        assert await opened.receive() == {}
        assert opened.closed == 1013
    assert not consumers._sockets


async def test_limits_reach_the_sender(cast: Cast, visitor: Client) -> None:
    async with socket(visitor) as opened:
        for left in reversed(range(chat_config().visitor_questions_per_hour)):
            accepted = await opened.ask("How long?", collection=cast.public.uid)
            assert (accepted["type"], accepted["questions_left"]) == ("message.accepted", left)
        refused = await opened.ask("How long?", collection=cast.public.uid)
        assert (refused["type"], refused["code"]) == ("error", "too_many")


async def test_resume_replays_what_was_missed(cast: Cast, alice: Client) -> None:
    conversation = str(cast.answer.conversation.uid)
    waiting = await sync_to_async(ask)(Viewer(user=cast.alice), cast.private, "And then?")
    async with socket(alice) as opened:
        await opened.send(type="resume", conversation=conversation, last_seq=0)
        frames = await opened.until("resumed")
        assert [frame["type"] for frame in frames] == ["message.accepted", "answer.done", "resumed"]
        assert frames[-1] == {"type": "resumed", "conversation": conversation, "last_seq": 2, "more": False}
        await opened.send(type="resume", conversation=conversation, last_seq=2)
        assert (await opened.receive())["type"] == "resumed"
        await opened.send(type="resume", conversation=str(waiting.conversation.uid), last_seq=1)
        assert [frame["type"] for frame in await opened.until("resumed")] == [
            "message.accepted", "answer.working", "resumed",
        ]  # fmt: skip


async def test_a_long_conversation_is_resumed_in_parts(
    cast: Cast, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.chat.sockets.handlers.RESUME_LIMIT", 2)
    conversation = str(cast.answer.conversation.uid)
    async with socket(alice) as opened:
        for _ in range(3):
            await opened.ask("And then?", conversation=conversation)
        frames: list[dict[str, Any]] = [{"last_seq": 0, "more": True}]
        while frames[-1]["more"]:
            await opened.send(type="resume", conversation=conversation, last_seq=frames[-1]["last_seq"])
            frames += await opened.until("resumed")
        assert [frame["last_seq"] for frame in frames if "last_seq" in frame] == [0, 2, 4, 5]
        seen = [frame["message"]["seq"] for frame in frames if frame.get("type") == "message.accepted"]
        assert sorted(set(seen)) == [1, 3, 4, 5]


async def test_a_socket_ends_with_its_session(cast: Cast, alice: Client) -> None:
    async with socket(alice) as opened:
        await sync_to_async(alice.logout)()
        await opened.send(type="ping")
        assert await opened.receive() == {"type": "pong"}
        assert await opened.receive() == {}
        assert opened.closed == 4401


async def test_a_closed_account_hears_nothing_more(cast: Cast, alice: Client) -> None:
    async with socket(alice) as opened:
        accepted = await opened.ask("How much leave?", collection=cast.private.uid)
        cast.alice.is_active = False
        await cast.alice.asave(update_fields=["is_active"])
        await finish_later(await answer_of(accepted), Status.REFUSED)
        assert await opened.receive() == {}
        assert opened.closed == 4401


async def test_without_a_session(cast: Cast) -> None:
    async with socket(Client(), welcome=False) as opened:
        assert await opened.receive() == {}
        assert opened.closed == 4401


@pytest.mark.parametrize("origin", [b"https://evil.example", b"null", None])
async def test_another_origin_is_refused(cast: Cast, alice: Client, origin: bytes | None) -> None:
    with pytest.raises(Refused):
        async with socket(alice, origin=origin):
            pass


async def test_a_reply_to_someone_who_is_gone_is_no_error(
    alice: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def gone(*_: object, **__: object) -> None:
        raise ClientDisconnected

    async with socket(alice) as opened:
        monkeypatch.setattr(ChatConsumer, "send", gone)
        await opened.send(type="ping")
        assert await opened.is_silent()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
