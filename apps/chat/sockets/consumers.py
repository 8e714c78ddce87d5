"""The socket: reads frames, does its work in database threads, and answers doorbells. Nothing is decided here."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils.translation import gettext as _

from apps.accounts.selectors import viewer_of_session
from apps.accounts.viewer import NOBODY, Viewer
from apps.chat.sockets.handlers import handle_frame, notifications_for
from apps.chat.sockets.protocol import (
    Accepted,
    AnyIn,
    AnyOut,
    Close,
    Error,
    FrameError,
    Send,
    Type,
    Watch,
    Welcome,
    dump,
    parse_frame,
)
from apps.common.addresses import client_address
from apps.common.errors import AppError, Code
from apps.common.events import Event, collection_group, viewer_group

logger = logging.getLogger(__name__)
Result = TypeVar("Result")
PATIENCE = 0.25  # seconds until `answer.working`


class SignedOut(Exception):
    """The session ended, or belongs to someone else now."""


class ChatConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    async def connect(self) -> None:
        self._just_sent: deque[str] = deque(maxlen=32)
        self._working: dict[str, asyncio.Task[None]] = {}
        await self.accept()
        self._viewer = await _in_thread(viewer_of_session, self.scope["session"].session_key)
        if self._viewer == NOBODY:
            await self.close(Close.SIGNED_OUT)
            return
        user = self._viewer.user
        await self._join(viewer_group(user.uid if user else None, self._viewer.visitor_key))
        await self._tell([Welcome(signed_in=user is not None)])

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without the hop to another thread that channels takes first, for connections that are not used here: each of
        ours looks after its own (`database_sync_to_async`).
        """
        await getattr(self, get_handler_name(message))(message)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        client_id = None
        try:
            frame = parse_frame(text_data or "")
            client_id = str(frame.client_id) if isinstance(frame, Send) else None
            await self._answer(frame)
        except FrameError as error:
            await self._tell([Error(error.code, str(error.message), error.client_id)])
        except AppError as error:
            await self._tell([Error(error.code, str(error.message), client_id)])
        except SignedOut:
            await self.close(Close.SIGNED_OUT)
        except Exception:  # an edge: the sender is told, the socket stays, the log has it whole
            logger.exception("a frame failed")
            sorry = _("Something went wrong here. Send it again in a moment.")
            await self._tell([Error(Code.UNAVAILABLE, sorry, client_id)])

    async def notification(self, message: dict[str, Any]) -> None:
        event = Event(message["kind"], message["id"])
        if event.kind == Type.ACCEPTED and event.id in self._just_sent:
            return  # it was this socket that sent it, and it was told so
        if event.kind == Type.WORKING and event.id not in self._working:
            self._working[event.id] = asyncio.create_task(self._ring_again(message))
            return
        self._forget(event.id)
        try:
            await self._tell(await self._as_viewer(notifications_for, event))
        except SignedOut:
            await self.close(Close.SIGNED_OUT)
        except Exception:  # an edge: a ring is lost, and the client resumes when it sees the gap
            logger.exception("a %s event failed", event.kind)

    async def disconnect(self, code: int) -> None:
        for answer_id in list(self._working):
            self._forget(answer_id)

    async def _ring_again(self, message: dict[str, Any]) -> None:
        """Most answers are there before it is worth saying that they are on their way."""
        await asyncio.sleep(PATIENCE)
        await self.channel_layer.send(self.channel_name, message)

    def _forget(self, answer_id: str) -> None:
        task = self._working.pop(answer_id, None)
        if task is not None:
            task.cancel()

    async def _answer(self, frame: AnyIn) -> None:
        frames = await self._as_viewer(handle_frame, frame, self._address())
        self._just_sent.extend(each.message.id for each in frames if isinstance(each, Accepted))
        if isinstance(frame, Watch):
            await self._join(collection_group(frame.collection))
        await self._tell(frames)

    async def _as_viewer(self, function: Callable[..., Result], *arguments: object) -> Result:
        """Call function(viewer, *arguments) in a thread, if the session still belongs to whom it did."""
        return await _in_thread(
            _checked, self.scope["session"].session_key, self._viewer, function, *arguments
        )

    async def _join(self, group: str) -> None:
        if group not in self.groups:
            self.groups.append(group)  # left by channels when the socket closes
            await self.channel_layer.group_add(group, self.channel_name)

    async def _tell(self, frames: Sequence[AnyOut]) -> None:
        with suppress(
            OSError
        ):  # the other side is gone, as it may be at any time; it resumes when it is back
            for frame in frames:
                await self.send(dump(frame))

    def _address(self) -> str:
        forwarded = [
            value.decode("latin1") for name, value in self.scope["headers"] if name == b"x-forwarded-for"
        ]
        return client_address((self.scope.get("client") or ("",))[0], ",".join(forwarded))


def _checked(
    session_key: str, expected: Viewer, function: Callable[..., Result], *arguments: object
) -> Result:
    viewer = viewer_of_session(session_key)
    if viewer != expected:
        raise SignedOut
    return function(viewer, *arguments)


async def _in_thread(function: Callable[..., Result], *arguments: object) -> Result:
    result: Result = await database_sync_to_async(function, thread_sensitive=False)(*arguments)
    return result
