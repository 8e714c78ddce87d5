"""The socket: reads frames, has them worked on in database threads, and forwards notifications. It decides nothing.

Pings are answered at once. Frames and notifications are worked on one after the other, so that what a client is sent
is in order; reading and writing have threads of their own, so that a database that is locked for writing delays no
reading.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts.selectors import viewer_of_session
from apps.accounts.session_checks import HeldSession, unchanged_sessions
from apps.accounts.viewer import NOBODY, Viewer
from apps.chat.config import chat_config
from apps.chat.services.notifications import EventKind
from apps.chat.sockets.frame_limit import FrameLimit
from apps.chat.sockets.handlers import handle_frame
from apps.chat.sockets.html_frames import with_html
from apps.chat.sockets.notification_loader import NotificationLoader
from apps.chat.sockets.protocol import (
    Accepted,
    AnyOut,
    Close,
    Error,
    FrameError,
    Ping,
    Pong,
    Send,
    Watch,
    Welcome,
    Work,
    client_id_of,
    dump,
    parse_frame,
    parse_options,
)
from apps.common.addresses import scope_address
from apps.common.errors import AppError, Code
from apps.common.events import Event, collection_group, viewer_group
from apps.common.outages import outage_of, outages_as_app_errors
from apps.common.threads import ThreadPool

logger = logging.getLogger(__name__)
Result = TypeVar("Result")
PATIENCE = 0.25  # seconds until `answer.working`
QUEUED = 100  # what may wait in a socket when a notification comes; frames are limited by their rate

reading = ThreadPool("socket-read", settings.QUOTH_SOCKET_THREADS, waiting=2000, seconds=10)
WRITERS = 1 if connection.vendor == "sqlite" else settings.QUOTH_SOCKET_THREADS  # it lets one write at a time
writing = ThreadPool("socket-write", WRITERS, waiting=2000, seconds=10)
notifications = NotificationLoader(reading)
_sockets: Counter[str] = Counter()  # open ones of this process, by viewer


class SignedOut(Exception):
    """The session ended, or belongs to someone else now."""


class ChatConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    async def connect(self) -> None:
        self._just_sent: deque[str] = deque(maxlen=32)
        self._working: dict[str, asyncio.Task[None]] = {}
        self._limit = FrameLimit(chat_config().frames_per_10_seconds, asyncio.get_running_loop().time)
        self._todo: asyncio.Queue[Coroutine[Any, Any, None]] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._group = ""
        self._options = parse_options(self.scope["query_string"])
        translation.activate(self._options.language)  # for the tasks and threads that this one starts, too
        await self.accept()
        try:
            with outages_as_app_errors():
                self._viewer = await reading.run(viewer_of_session, self.scope["session"].session_key)
                await self._welcome()
        except AppError:
            await self.close(Close.TRY_AGAIN_LATER)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without the hop to another thread that channels takes first for connections that are not used here."""
        await getattr(self, get_handler_name(message))(message)

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Without effect if the socket is closed already."""
        with suppress(OSError):
            await super().close(code, reason)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self._group:  # it is being closed
            return
        if not self._limit.take():
            await self._slow_down(text_data or "")
            return
        try:
            frame = parse_frame(text_data or "")
        except FrameError as error:
            await self._tell([Error(error.code, str(error.message), error.client_id)])
            return
        if isinstance(frame, Ping):
            await self._tell([Pong()])
            self._todo.put_nowait(self._check_session())
        else:
            self._todo.put_nowait(self._work_on(frame))

    async def notification(self, message: dict[str, Any]) -> None:
        """One too many is lost, as in the channel layer: the client resumes when it sees the gap."""
        if self._todo.qsize() < QUEUED:
            self._todo.put_nowait(self._notify(message))

    async def disconnect(self, code: int) -> None:
        for answer_id in list(self._working):
            self._forget(answer_id)
        for task in self._tasks:
            task.cancel()
        while not self._todo.empty():
            self._todo.get_nowait().close()
        if self._group:
            _sockets[self._group] -= 1
            if not _sockets[self._group]:
                del _sockets[self._group]

    async def _welcome(self) -> None:
        if self._viewer == NOBODY:
            await self.close(Close.SIGNED_OUT)
            return
        user = self._viewer.user
        group = viewer_group(user.uid if user else None, self._viewer.visitor_key)
        if _sockets[group] >= chat_config().sockets_per_viewer:
            await self.close(Close.TOO_MANY)
            return
        _sockets[group] += 1
        self._group = group
        await self._join(group)
        await self._tell([Welcome(signed_in=user is not None)])
        self._tasks.append(asyncio.create_task(self._work_off()))

    async def _slow_down(self, raw: str) -> None:
        """Refuse a frame, and read no more from this socket until it may send another."""
        await self._tell([Error(Code.TOO_MANY, _("Too much at once. Wait a moment."), client_id_of(raw))])
        await asyncio.sleep(self._limit.seconds_for_one)

    async def _work_off(self) -> None:
        while True:
            work = await self._todo.get()
            try:
                await work
            except SignedOut:
                await self.close(Close.SIGNED_OUT)
                return
            except AppError as error:
                logger.warning("a notification was not delivered: %s", error)
            except Exception:  # a boundary: the client resumes when it sees the gap
                logger.exception("the work of a socket failed")

    async def _work_on(self, frame: Work) -> None:
        try:
            await self._answer(frame)
        except SignedOut:
            raise
        except AppError as error:
            await self._tell([Error(error.code, str(error.message), _client_id(frame))])
        except Exception as error:  # a boundary: the sender is told, the socket stays, the log has it whole
            outage = outage_of(error)
            if outage is None:
                logger.exception("a frame failed")
            sentence = (
                outage.message if outage else _("Something went wrong here. Send it again in a moment.")
            )
            await self._tell([Error(Code.UNAVAILABLE, str(sentence), _client_id(frame))])

    async def _answer(self, frame: Work) -> None:
        threads = writing if isinstance(frame, Send) else reading
        frames = await self._frames(threads, handle_frame, frame, scope_address(self.scope))
        self._just_sent.extend(each.message.id for each in frames if isinstance(each, Accepted))
        if isinstance(frame, Watch):
            await self._join(collection_group(frame.collection))
        await self._tell(frames)

    async def _notify(self, message: dict[str, Any]) -> None:
        event = Event(message["kind"], message["id"])
        if event.kind == EventKind.ACCEPTED and event.id in self._just_sent:
            return  # it was this socket that sent it, and it was told so
        if event.kind == EventKind.WORKING and event.id not in self._working:
            self._working[event.id] = asyncio.create_task(self._notify_later(message))
            return
        self._forget(event.id)
        frames = await notifications.load(self._held(), event)
        if frames is None:
            raise SignedOut
        if frames and self._options.html:
            frames = await reading.run(with_html, frames)
        await self._tell(frames)

    async def _notify_later(self, message: dict[str, Any]) -> None:
        """Most answers are there before it is worth saying that they are on their way."""
        await asyncio.sleep(PATIENCE)
        await self.notification(message)

    async def _check_session(self) -> None:
        """A socket that only pings ends with its session, too."""
        await self._as_viewer(reading, _nothing)

    def _forget(self, answer_id: str) -> None:
        task = self._working.pop(answer_id, None)
        if task is not None:
            task.cancel()

    async def _frames(
        self, threads: ThreadPool, function: Callable[..., list[AnyOut]], *arguments: object
    ) -> list[AnyOut]:
        """What function(viewer, *arguments) returns, with HTML where the client asked for it."""
        if self._options.html:
            return await self._as_viewer(threads, _with_html, function, *arguments)
        return await self._as_viewer(threads, function, *arguments)

    async def _as_viewer(
        self, threads: ThreadPool, function: Callable[..., Result], *arguments: object
    ) -> Result:
        """Call function(viewer, *arguments) in a thread, if the session still belongs to the same viewer."""
        return await threads.run(_checked, self._held(), function, *arguments)

    def _held(self) -> HeldSession:
        return HeldSession(self.scope["session"].session_key, self._viewer)

    async def _join(self, group: str) -> None:
        if group not in self.groups:
            await self.channel_layer.group_add(group, self.channel_name)
            self.groups.append(group)  # channels leaves them when the socket closes

    async def _tell(self, frames: Sequence[AnyOut]) -> None:
        with suppress(
            OSError
        ):  # the other side is gone, as it may be at any time; it resumes when it is back
            for frame in frames:
                await self.send(dump(frame))


def _checked(held: HeldSession, function: Callable[..., Result], *arguments: object) -> Result:
    if not unchanged_sessions([held]):
        raise SignedOut
    return function(held.viewer, *arguments)


def _with_html(viewer: Viewer, function: Callable[..., list[AnyOut]], *arguments: object) -> list[AnyOut]:
    return with_html(function(viewer, *arguments))


def _nothing(viewer: Viewer) -> None:
    """Only that the session still belongs to the viewer is of interest."""


def _client_id(frame: Work) -> str | None:
    return str(frame.client_id) if isinstance(frame, Send) else None
