"""Threads for blocking calls from an event loop, with limits on running and waiting calls."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, TypeVar

from channels.db import database_sync_to_async
from django.utils.translation import gettext_lazy as _

from apps.common.errors import AppError, Code

Result = TypeVar("Result")
CROWDED = _("Too many people are using this service right now. Try again in a moment.")


class ThreadPool:
    """Each thread keeps its database connection, so there are at most as many connections as threads. Use it from one
    event loop only.
    """

    def __init__(self, name: str, size: int, *, waiting: int, seconds: float) -> None:
        """At most `waiting` calls wait for a turn, each for at most `seconds`."""
        self._executor = ThreadPoolExecutor(size, thread_name_prefix=name)
        self._free = size
        self._waiting = waiting
        self._seconds = seconds
        self._turns: deque[asyncio.Future[None]] = deque()

    async def run(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Raises AppError if the call got no thread. A call that has begun continues when its caller is cancelled."""
        await self._take_turn()
        call = asyncio.ensure_future(self._call(function, arguments))
        call.add_done_callback(_retrieve)
        return await asyncio.shield(call)

    async def _call(self, function: Callable[..., Result], arguments: tuple[Any, ...]) -> Result:
        in_thread = database_sync_to_async(function, thread_sensitive=False, executor=self._executor)
        try:
            result: Result = await in_thread(*arguments)
            return result
        finally:
            self._give_turn()

    async def _take_turn(self) -> None:
        if self._free:
            self._free -= 1
            return
        if len(self._turns) >= self._waiting:
            raise AppError(Code.UNAVAILABLE, CROWDED)
        turn = asyncio.get_running_loop().create_future()
        self._turns.append(turn)
        with ExitStack() as unless_it_comes:
            unless_it_comes.callback(self._leave, turn)
            try:
                async with asyncio.timeout(self._seconds):
                    await turn
            except TimeoutError as error:
                raise AppError(Code.UNAVAILABLE, CROWDED) from error
            unless_it_comes.pop_all()

    def _leave(self, turn: asyncio.Future[None]) -> None:
        if turn in self._turns:
            self._turns.remove(turn)
        else:  # the turn was given at the moment when the wait ended
            self._give_turn()

    def _give_turn(self) -> None:
        if self._turns:
            turn = self._turns.popleft()
            if not turn.done():
                turn.set_result(None)
        else:
            self._free += 1


def _retrieve(call: asyncio.Future[Any]) -> None:
    """Retrieve the exception of a call whose caller was cancelled, so that asyncio does not report it as unhandled."""
    if not call.cancelled():
        call.exception()
