"""Uvicorn's protocols with additional limits of time and size, for clients that send incomplete requests or do not
read.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import h11
from django.conf import settings
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidMessage

from chatbot_saas.serving.replies import crowded

HEADER_SECONDS = 10.0  # from the first byte, or the connection, to the end of the headers
HANDSHAKE_SECONDS = 10.0  # from the headers of a WebSocket to its acceptance
HEADER_BYTES = 32_768  # request line and headers
READ_SECONDS = 30.0  # a client that does not read data for this long is disconnected


class ReadingDeadline(asyncio.Protocol):
    """A mixin for uvicorn's protocols: a client that does not read is disconnected."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    _reading_timer: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_reading_timer()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._start_reading_timer()

    def resume_writing(self) -> None:
        self._stop_reading_timer()
        super().resume_writing()

    def _start_reading_timer(self) -> None:
        if self._reading_timer is None:
            self._reading_timer = self.loop.call_later(READ_SECONDS, self.transport.abort)

    def _stop_reading_timer(self) -> None:
        if self._reading_timer is not None:
            self._reading_timer.cancel()
            self._reading_timer = None

    def _refuse(self, status: int) -> None:
        """Send a response without the parser. Call it only if no response has begun."""
        phrase = HTTPStatus(status).phrase
        self.transport.write(
            f"HTTP/1.1 {status} {phrase}\r\ncontent-type: text/plain; charset=utf-8\r\n"
            f"content-length: {len(phrase)}\r\nconnection: close\r\n\r\n{phrase}".encode()
        )
        self.transport.close()
        self._start_reading_timer()


class Deadlines(ReadingDeadline):
    """A mixin for uvicorn's HTTP protocols. Above the limit of connections, requests are refused with a sentence."""

    connections: set[Any]
    app: Any
    cycle: Any
    _headers_timer: asyncio.TimerHandle | None = None
    _is_upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        count, limit = len(self.connections), settings.QUOTH_MAX_CONNECTIONS
        if count > 2 * limit:
            transport.abort()
        elif count > limit:
            self.app = crowded
        self._start_headers_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_headers_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_upgraded or self.transport.is_closing():
            return
        if self._awaits_headers():
            self._start_headers_timer()
        else:
            self._stop_headers_timer()

    def handle_websocket_upgrade(self, *arguments: Any) -> None:
        self._is_upgraded = True
        self._stop_headers_timer()
        if self.app is crowded:
            self._refuse(503)
        else:
            super().handle_websocket_upgrade(*arguments)  # type: ignore[misc]  # uvicorn's

    def on_response_complete(self) -> None:
        super().on_response_complete()  # type: ignore[misc]  # uvicorn's
        if self.transport.is_closing():  # the client may never read the rest of the response
            self._start_reading_timer()

    def _awaits_headers(self) -> bool:
        """Whether a request has not begun, or its headers are not complete."""
        raise NotImplementedError

    def _start_headers_timer(self) -> None:
        if self._headers_timer is None:
            self._headers_timer = self.loop.call_later(HEADER_SECONDS, self._end_headers_time)

    def _stop_headers_timer(self) -> None:
        if self._headers_timer is not None:
            self._headers_timer.cancel()
            self._headers_timer = None

    def _end_headers_time(self) -> None:
        self._headers_timer = None
        if self.cycle is not None and not self.cycle.response_complete:
            self._start_headers_timer()  # the previous request is still being answered
        elif not self.transport.is_closing():
            self._refuse(408)


class H11(Deadlines, H11Protocol):
    """For systems without httptools. Its parser limits the size of incomplete headers
    (`h11_max_incomplete_event_size`).
    """

    def data_received(self, data: bytes) -> None:
        if self._awaits_headers() and not _ends_in_time(self.conn.trailing_data[0] + data):
            self._refuse(431)
            return
        super().data_received(data)

    def _awaits_headers(self) -> bool:
        return self.conn.their_state is h11.IDLE


class WebSockets(ReadingDeadline, WebSocketsSansIOProtocol):
    """A handshake is accepted or refused in time. Uvicorn leaves some refused by its parser without an answer."""

    _handshake_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._handshake_timer = self.loop.call_later(HANDSHAKE_SECONDS, self._end_handshake_time)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._handshake_timer is not None:
            self._handshake_timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.transport.is_closing():
            self._refuse(400 if isinstance(self.conn.handshake_exc, InvalidMessage) else 431)

    async def send(self, message: Any) -> None:
        """As ASGI has it, OSError after the socket was closed by either side. Uvicorn raises RuntimeError."""
        await self.writable.wait()
        if self.close_sent:
            raise ClientDisconnected
        await super().send(message)

    def _end_handshake_time(self) -> None:
        if not self.handshake_complete and not self.transport.is_closing():
            self._refuse(503)


def _ends_in_time(headers: bytes) -> bool:
    return len(headers) <= HEADER_BYTES or b"\r\n\r\n" in headers[:HEADER_BYTES]
