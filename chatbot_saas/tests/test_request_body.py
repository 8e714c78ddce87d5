from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import pytest
from pytest_django import Settings

from apps.common.errors import AppError, Code
from chatbot_saas.serving import request_body
from chatbot_saas.serving.refusals import TooLarge, TooMuchAtOnce, TooSlow
from chatbot_saas.serving.request_body import Disconnected, Memory, chunks, read_to_disk, read_to_memory


class Client:
    """Sends parts, each after some seconds, and then nothing."""

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


async def test_a_small_body_has_a_deadline_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """However steadily it arrives: it occupies memory that all share."""
    monkeypatch.setattr(request_body, "SMALL_SECONDS", 0.1)
    parts: Sequence[tuple[float, bytes]] = [(0.02, b"x" * 100)] * 50
    with Memory().share("a") as take, pytest.raises(TooSlow):
        await asyncio.wait_for(read_to_memory(Client(*parts), 10_000, take), 0.5)


async def test_the_memory_for_bodies_is_limited_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "IN_MEMORY", 400)
    memory = Memory()
    with ExitStack() as others:
        for number in range(4):
            await read(memory, 99, f"other-{number}", others)
        with pytest.raises(AppError) as refused:
            await read(memory, 50, "me", others)
        assert refused.value.code is Code.UNAVAILABLE
    with ExitStack() as mine:
        await read(memory, 50, "me", mine)


async def test_an_address_has_a_share_of_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "IN_MEMORY", 400)
    memory = Memory()
    with ExitStack() as open_ones:
        await read(memory, 60, "attacker", open_ones)
        with pytest.raises(TooMuchAtOnce):
            await read(memory, 60, "attacker", open_ones)
        await read(memory, 60, "bystander", open_ones)
    with ExitStack() as later:
        await read(memory, 60, "attacker", later)


async def read(memory: Memory, size: int, address: str, until: ExitStack) -> None:
    take = until.enter_context(memory.share(address))
    assert (await read_to_memory(Client((0, b"x" * size)), size, take)).read() == b"x" * size


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
