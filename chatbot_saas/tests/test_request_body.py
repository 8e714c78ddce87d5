from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from pytest_django import Settings

from apps.common.errors import AppError, Code
from chatbot_saas.serving import request_body
from chatbot_saas.serving.refusals import TooLarge, TooSlow
from chatbot_saas.serving.request_body import Disconnected, Memory, chunks, read_to_disk, read_to_memory


class Client:
    """Sends parts, each after some seconds, and then nothing more."""

    def __init__(self, *parts: tuple[float, bytes | None], more: bool = False) -> None:
        self._parts = list(parts)
        self._more = more

    async def __call__(self) -> dict[str, Any]:
        if not self._parts:
            await asyncio.sleep(3600)
        seconds, body = self._parts.pop(0)
        await asyncio.sleep(seconds)
        if body is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body, "more_body": bool(self._parts) or self._more}


async def collect(client: Client, limit: int = 100) -> list[bytes]:
    return [chunk async for chunk in chunks(client, limit)]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "CHUNK_SECONDS", 0.1)
    monkeypatch.setattr(request_body, "LEAST_BYTES_PER_SECOND", 1000)


async def test_a_whole_body() -> None:
    assert b"".join(await collect(Client((0, b"a"), (0.05, b"b"), (0, b"")))) == b"ab"


async def test_a_body_that_stops() -> None:
    with pytest.raises(TooSlow) as slow:
        await collect(Client((0, b"x" * 90), more=True))
    assert slow.value.status == 408


async def test_a_body_that_trickles() -> None:
    parts: Sequence[tuple[float, bytes]] = [(0.04, b"x")] * 50
    with pytest.raises(TooSlow):
        await asyncio.wait_for(collect(Client(*parts)), 0.5)


async def test_a_body_that_grows_too_large() -> None:
    with pytest.raises(TooLarge):
        await collect(Client((0, b"x" * 60), (0, b"x" * 60)))


async def test_a_client_that_leaves() -> None:
    with pytest.raises(Disconnected):
        await collect(Client((0, b"x"), (0, None)))


async def test_the_memory_for_bodies_is_limited_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "IN_MEMORY", 150)
    memory = Memory()
    with memory.share() as take:
        assert (await read_to_memory(Client((0, b"x" * 100)), 100, take)).read() == b"x" * 100
        with memory.share() as other, pytest.raises(AppError) as refused:
            await read_to_memory(Client((0, b"x" * 100)), 100, other)
        assert refused.value.code is Code.UNAVAILABLE
    with memory.share() as take:
        await read_to_memory(Client((0, b"x" * 100)), 100, take)


async def test_a_large_body_has_no_name_on_the_disk(settings: Settings) -> None:
    with await read_to_disk(Client((0, b"x" * 50), (0, b"y" * 50)), 100) as file:
        assert file.read() == b"x" * 50 + b"y" * 50
        assert list(settings.INCOMING.iterdir()) == []


async def test_a_large_body_stops_at_the_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "WRITE_BYTES", 10)
    left = iter([10**12, 10**12, 0])
    monkeypatch.setattr("apps.common.disk_space.free_bytes", lambda: next(left))
    with pytest.raises(AppError) as full:
        await read_to_disk(Client(*[(0, b"x" * 10)] * 5), 100)
    assert full.value.status == 507
