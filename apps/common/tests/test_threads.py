from __future__ import annotations

import asyncio
import threading
import time

import pytest

from apps.common.errors import AppError, Code
from apps.common.threads import ThreadPool


async def until(condition: threading.Event) -> None:
    assert await asyncio.to_thread(condition.wait, 10)


class Gate:
    """A call that begins and then waits to be let through."""

    def __init__(self) -> None:
        self.begun, self.open = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        self.open.wait(10)
        return threading.current_thread().name


async def test_no_more_calls_at_once_than_threads() -> None:
    pool = ThreadPool("few", 3, waiting=100, seconds=10)
    running, most, lock = 0, 0, threading.Lock()

    def call() -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.005)
        with lock:
            running -= 1
        return threading.current_thread().name

    names = await asyncio.gather(*(pool.run(call) for _ in range(60)))
    assert most == 3
    assert len(set(names)) == 3


async def test_a_call_too_many_is_refused_at_once() -> None:
    pool, gate = ThreadPool("full", 1, waiting=1, seconds=10), Gate()
    first = asyncio.create_task(pool.run(gate))
    await until(gate.begun)
    waiting = asyncio.create_task(pool.run(lambda: "second"))
    await asyncio.sleep(0)
    with pytest.raises(AppError) as refused:
        await pool.run(lambda: "third")
    assert refused.value.code is Code.UNAVAILABLE
    gate.open.set()
    assert (await first).startswith("full")
    assert await waiting == "second"


async def test_a_wait_ends_and_leaves_the_turn_to_others() -> None:
    pool, gate = ThreadPool("slow", 1, waiting=10, seconds=0.05), Gate()
    first = asyncio.create_task(pool.run(gate))
    await until(gate.begun)
    with pytest.raises(AppError):
        await pool.run(lambda: "never")
    gate.open.set()
    await first
    assert await pool.run(lambda: "later") == "later"


async def test_a_cancelled_wait_takes_no_turn() -> None:
    pool, gate = ThreadPool("left", 1, waiting=10, seconds=10), Gate()
    first = asyncio.create_task(pool.run(gate))
    await until(gate.begun)
    left = [asyncio.create_task(pool.run(lambda: "never")) for _ in range(3)]
    stays = asyncio.create_task(pool.run(lambda: "stays"))
    await asyncio.sleep(0)
    gate.open.set()
    for each in left:
        each.cancel()
    await first
    assert await stays == "stays"
    assert await pool.run(lambda: "after") == "after"


async def test_a_call_goes_on_and_keeps_its_thread_when_its_caller_is_cancelled() -> None:
    pool, gate = ThreadPool("kept", 1, waiting=10, seconds=10), Gate()
    cancelled = asyncio.create_task(pool.run(gate))
    await until(gate.begun)
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    after = asyncio.create_task(pool.run(lambda: gate.open.is_set()))
    await asyncio.sleep(0.05)
    assert not after.done()
    gate.open.set()
    assert await after is True


async def test_an_exception_gives_the_turn_back() -> None:
    pool = ThreadPool("bug", 1, waiting=0, seconds=10)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await pool.run(lambda: 1 / 0)
    assert await pool.run(lambda: "well") == "well"
