"""A socket of the real application, without a server: origin check, session, consumer, database threads."""

from __future__ import annotations

import asyncio
import json
import threading
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.routing import get_default_application
from django.conf import settings
from django.test import Client

from apps.accounts.models import User
from apps.accounts.session_checks import HeldSession
from apps.accounts.viewer import Viewer, begin_visit, new_visitor
from apps.chat.sockets.consumers import WRITERS, reading, writing
from apps.chat.sockets.handlers import Wanted, notifications_for
from apps.chat.sockets.protocol import AnyOut
from apps.chat.tests.cast import client_of
from apps.common.events import Event
from apps.common.threads import ThreadPool

Communicator: Any = ApplicationCommunicator  # asgiref gives it no types
HOST, ORIGIN = b"localhost", b"http://localhost"
SECONDS = 10


class Refused(Exception):
    pass


class Socket:
    """`closed` is the code that the server closed with, once it has."""

    def __init__(self, communicator: Any) -> None:
        self._communicator = communicator
        self.closed: int | None = None

    async def send(self, **frame: Any) -> None:
        await self.send_text(json.dumps(frame))

    async def send_text(self, text: str) -> None:
        await self._communicator.send_input({"type": "websocket.receive", "text": text})

    async def send_bytes(self, data: bytes) -> None:
        await self._communicator.send_input({"type": "websocket.receive", "bytes": data})

    async def receive(self) -> dict[str, Any]:
        """The next frame; {} when the server closes instead."""
        event = await self._communicator.receive_output(SECONDS)
        if event["type"] == "websocket.close":
            self.closed = event["code"]
            return {}
        frame: dict[str, Any] = json.loads(event["text"])
        return frame

    async def until(self, kind: str) -> list[dict[str, Any]]:
        """Frames up to the first of that type."""
        frames = [await self.receive()]
        while frames[-1].get("type") != kind:
            assert frames[-1].get("type") not in {None, "error"}, frames[-1]
            frames.append(await self.receive())
        return frames

    async def ask(self, text: str, **where: Any) -> dict[str, Any]:
        """The next frame after a question."""
        await self.send(type="message.send", client_id=str(uuid.uuid4()), text=text, **_as_text(where))
        return await self.receive()

    async def is_silent(self) -> bool:
        silent: bool = await self._communicator.receive_nothing(0.3, 0.05)
        return silent


@asynccontextmanager
async def socket(
    client: Client, *, origin: bytes | None = ORIGIN, query: bytes = b"", welcome: bool = True
) -> AsyncIterator[Socket]:
    """Raises Refused when the handshake is."""
    communicator = Communicator(get_default_application(), _scope(client, origin, query))
    await communicator.send_input({"type": "websocket.connect"})
    if (await communicator.receive_output(SECONDS))["type"] != "websocket.accept":
        raise Refused
    opened = Socket(communicator)
    try:
        if welcome:
            assert (await opened.receive())["type"] == "welcome"
        yield opened
    finally:
        await communicator.send_input({"type": "websocket.disconnect", "code": 1000})
        await communicator.wait(SECONDS)
        await _until_idle(reading, settings.QUOTH_SOCKET_THREADS)
        await _until_idle(writing, WRITERS)


async def _until_idle(threads: ThreadPool, size: int) -> None:
    """Wait until no thread works for a socket that is gone: emptying the tables while one reads them is a deadlock in
    PostgreSQL.
    """
    all_free = threading.Barrier(size, timeout=SECONDS)
    await asyncio.gather(*(threads.run(all_free.wait) for _ in range(size)))


def browser_of(user: User | None) -> Client:
    """With a session, as a visitor has after the first question."""
    client = client_of(user)
    if user is None:
        session = client.session
        begin_visit(session, new_visitor()[1])
        session.save()
    return client


def held_by(user: User) -> HeldSession:
    """A session of that person's, as a socket holds it."""
    return HeldSession(str(client_of(user).session.session_key), Viewer(user=user))


def told(session: HeldSession, event: Event) -> list[AnyOut]:
    """What the socket of that session is told of the event."""
    (frames,) = notifications_for([Wanted(session, event)])
    assert frames is not None
    return frames


def _as_text(where: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) for name, value in where.items()}


browser = sync_to_async(browser_of)


def _scope(client: Client, origin: bytes | None, query: bytes) -> dict[str, Any]:
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    headers = [(b"host", HOST), *([(b"origin", origin)] if origin else [])]
    if cookie is not None:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie.value}".encode()))
    return {
        "type": "websocket",
        "scheme": "ws",
        "path": "/ws/v1/",
        "query_string": query,
        "headers": headers,
        "subprotocols": [],
        "client": ("127.0.0.1", 1),
    }
