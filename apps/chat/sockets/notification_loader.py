"""Notifications of many sockets, loaded together: a busy server needs as many queries for twenty sockets as for one."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from apps.accounts.session_checks import HeldSession
from apps.chat.sockets.handlers import Wanted, notifications_for
from apps.chat.sockets.protocol import AnyOut
from apps.common.events import Event
from apps.common.threads import ThreadPool

TOGETHER = 50


class _Waiting(NamedTuple):
    wanted: Wanted
    frames: asyncio.Future[list[AnyOut] | None]


class NotificationLoader:
    """What is asked for while a load runs shares the next one. Use it from one loop, as the threads it loads in."""

    def __init__(self, threads: ThreadPool) -> None:
        self._threads = threads
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def load(self, session: HeldSession, event: Event) -> list[AnyOut] | None:
        """What the socket of that session is told of the event; None when the session is over. Raises AppError when
        too much waits for a thread, and what the database raises.
        """
        waiting = _Waiting(Wanted(session, event), asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._load_waiting())
        return await waiting.frames

    async def _load_waiting(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
            try:
                loaded = await self._threads.run(notifications_for, [each.wanted for each in together])
            except Exception as error:  # a boundary: each socket deals with it as with its own
                for each in together:
                    if not each.frames.done():
                        each.frames.set_exception(error)
            else:
                for each, frames in zip(together, loaded, strict=True):
                    if not each.frames.done():
                        each.frames.set_result(frames)
