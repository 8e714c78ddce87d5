"""Notifications: sent after the commit, from any thread, and never a cause for the change itself to fail."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db import connection, transaction

from apps.common import events
from apps.common.events import Event, publish, use_server_loop

EVENT = Event("answer.done", "01a2091f-4438-7458-990f-de3dfc4fb657")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def channel() -> AsyncIterator[str]:
    """A reader of group `g`. This loop takes the place of the server's."""
    layer = get_channel_layer()
    name: str = await layer.new_channel()
    await layer.group_add("g", name)
    use_server_loop(asyncio.get_running_loop())
    yield name
    use_server_loop(None)
    await layer.group_discard("g", name)


async def received(channel: str) -> dict[str, str]:
    message: dict[str, str] = await asyncio.wait_for(get_channel_layer().receive(channel), 2)
    return message


async def test_from_a_worker_thread_to_an_idle_loop(channel: str) -> None:
    """The loop sleeps in its selector: a message that does not wake it waits for the next timer."""
    rung: list[float] = []

    def work() -> None:
        time.sleep(0.2)
        rung.append(time.monotonic())
        publish("g", EVENT)
        connection.close()

    threading.Thread(target=work).start()
    message = await received(channel)
    assert time.monotonic() - rung[0] < 0.2
    assert message == {"type": "notification", "kind": EVENT.kind, "id": EVENT.id}


async def test_only_after_the_commit(channel: str) -> None:
    def work() -> None:
        with transaction.atomic():
            publish("g", EVENT)
            time.sleep(0.2)
            order.append("committed")

    order: list[str] = []
    await database_sync_to_async(work, thread_sensitive=False)()
    await received(channel)
    assert order == ["committed"]


async def test_not_after_a_rollback(channel: str) -> None:
    def work() -> None:
        with transaction.atomic():
            publish("g", EVENT)
            transaction.set_rollback(True)

    await database_sync_to_async(work, thread_sensitive=False)()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(get_channel_layer().receive(channel), 0.3)


def test_a_layer_that_fails_fails_nothing_else(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        async def group_send(self, group: str, message: dict[str, str]) -> None:
            raise ConnectionError("away")

    monkeypatch.setattr(events, "get_channel_layer", Broken)
    publish("g", EVENT)
    assert "was not delivered" in caplog.text
    assert EVENT.id not in caplog.text
