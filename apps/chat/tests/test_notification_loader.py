"""Notifications of many sockets are loaded together, and each socket learns what became of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from apps.accounts.session_checks import HeldSession
from apps.accounts.viewer import Viewer
from apps.chat.sockets import notification_loader
from apps.chat.sockets.handlers import Wanted
from apps.chat.sockets.notification_loader import TOGETHER, NotificationLoader
from apps.chat.sockets.protocol import Pong
from apps.common.events import Event
from apps.common.threads import ThreadPool

PONG = [Pong()]


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many were loaded together, each time."""
    sizes: list[int] = []

    def load(wanted: Sequence[Wanted]) -> list[Any]:
        sizes.append(len(wanted))
        if any(each.event.id == "bad" for each in wanted):
            raise RuntimeError
        return [None if each.event.id == "ended" else PONG for each in wanted]

    monkeypatch.setattr(notification_loader, "notifications_for", load)
    return sizes


def loader() -> NotificationLoader:
    return NotificationLoader(ThreadPool("loader", 1, waiting=10, seconds=5))


def held(key: str) -> HeldSession:
    return HeldSession(key, Viewer(visitor_key=key))


async def test_what_comes_together_is_loaded_together(loads: list[int]) -> None:
    loading = loader()
    names = ["one", "ended", "two"]
    told = await asyncio.gather(*(loading.load(held(name), Event("answer.done", name)) for name in names))
    assert told == [PONG, None, PONG]
    assert loads == [3]


async def test_a_load_has_a_largest_size(loads: list[int]) -> None:
    loading = loader()
    event = Event("answer.done", "one")
    await asyncio.gather(*(loading.load(held(str(n)), event) for n in range(2 * TOGETHER + 1)))
    assert loads == [TOGETHER, TOGETHER, 1]


async def test_a_failure_reaches_everyone_it_concerns_and_nobody_later(loads: list[int]) -> None:
    loading = loader()
    bad = (loading.load(held(name), Event("answer.done", name)) for name in ("bad", "other"))
    assert [type(each) for each in await asyncio.gather(*bad, return_exceptions=True)] == [RuntimeError] * 2
    assert await loading.load(held("later"), Event("answer.done", "later")) == PONG


async def test_a_socket_that_closes_meanwhile_takes_nothing_from_others(loads: list[int]) -> None:
    loading = loader()
    event = Event("answer.done", "one")
    gone, stays = (asyncio.create_task(loading.load(held(name), event)) for name in ("gone", "stays"))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == PONG
