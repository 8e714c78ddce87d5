"""Connections that send too little, too much or contradictory headers, or do not read; over real sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from pytest_django import Settings
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from chatbot_saas.serving import http_protocol
from chatbot_saas.serving.http_protocol import H11, HEADER_BYTES, WebSockets
from chatbot_saas.serving.httptools_protocol import HttpTools
from chatbot_saas.serving.server import bind

GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
UPGRADE = (
    b" HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
)
LIMIT = 0.4
left: list[bool] = []
seen: list[dict[str, Any]] = []
after_close: list[Exception] = []


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Echoes frames and bodies; /endless sends until the client disconnects, /slow accepts late, and /closing sends
    after it has closed.
    """
    seen.append(scope)
    if scope["type"] == "websocket":
        await receive()
        if scope["path"] == "/slow":
            await asyncio.sleep(LIMIT * 3)
        await send({"type": "websocket.accept"})
        if scope["path"] == "/closing":
            await _send_after_close(send)
            return
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while scope["path"] == "/endless":
        await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
        if (await _soon(receive)) is not None:
            left.append(True)
            return
    await send({"type": "http.response.body", "body": body})


async def _send_after_close(send: Any) -> None:
    await send({"type": "websocket.close", "code": 4401})
    for message in ({"type": "websocket.send", "text": "late"}, {"type": "websocket.close", "code": 4401}):
        try:
            await send(message)
        except (OSError, RuntimeError) as error:
            after_close.append(error)


async def _soon(receive: Any) -> Any:
    try:
        async with asyncio.timeout(0.001):
            return await receive()
    except TimeoutError:
        return None


@pytest.fixture(params=[HttpTools, H11])
async def port(
    request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[int]:
    monkeypatch.setattr(http_protocol, "HEADER_SECONDS", LIMIT)
    monkeypatch.setattr(http_protocol, "HANDSHAKE_SECONDS", LIMIT)
    monkeypatch.setattr(http_protocol, "READ_SECONDS", LIMIT)
    settings.QUOTH_MAX_CONNECTIONS = 5
    left.clear()
    seen.clear()
    after_close.clear()
    options = uvicorn.Config(
        application,
        http=request.param,
        ws=WebSockets,
        h11_max_incomplete_event_size=HEADER_BYTES,
        lifespan="off",
        log_config=None,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(options)
    listener = bind("127.0.0.1", 0)
    options.load()
    server.lifespan = options.lifespan_class(options)
    await server.startup([listener])
    yield listener.getsockname()[1]
    await server.shutdown([listener])


@asynccontextmanager
async def connection(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def exchange(port: int, sent: bytes) -> bytes:
    """Everything that is received until the server closes the connection."""
    async with connection(port) as (reader, writer), asyncio.timeout(10):
        writer.write(sent)
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""


@pytest.mark.parametrize(
    "sent",
    [b"", b"G", GET, GET + b"Cookie: ", b"\r\n"],
)
async def test_headers_that_do_not_end(port: int, sent: bytes) -> None:
    began = time.monotonic()
    answer = await exchange(port, sent)
    assert answer[9:12] in {b"408", b"400"}
    assert time.monotonic() - began < LIMIT + 2
    assert time.monotonic() - began > LIMIT * 0.9 or answer[9:12] == b"400"


async def test_headers_that_trickle(port: int) -> None:
    began = time.monotonic()
    async with connection(port) as (reader, writer):
        for byte in GET * 3:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)
            if reader.at_eof() or writer.is_closing():
                break
    assert time.monotonic() - began < LIMIT + 2


async def test_a_second_request_that_does_not_end(port: int) -> None:
    began = time.monotonic()
    answers = await exchange(port, GET + b"\r\n" + GET)
    assert answers.startswith(b"HTTP/1.1 200")
    assert time.monotonic() - began < 7  # uvicorn closes idle connections after five seconds


async def test_a_connection_that_is_used_again(port: int) -> None:
    async with connection(port) as (reader, writer), asyncio.timeout(10):
        for _ in range(3):
            writer.write(GET + b"\r\n")
            assert (await reader.readuntil(b"0\r\n\r\n")).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(LIMIT * 0.7)


async def test_a_body_has_its_own_limits(port: int) -> None:
    """The application enforces them, because it reads the body: request_body."""
    async with connection(port) as (reader, writer), asyncio.timeout(10):
        writer.write(POST + b"Content-Length: 2\r\nConnection: close\r\n\r\na")
        await asyncio.sleep(LIMIT * 2)
        writer.write(b"b")
        assert b"ab" in await reader.read()


@pytest.mark.parametrize(
    "headers",
    [
        b"X: " + b"x" * HEADER_BYTES,
        b"".join(b"X%d: yyyy\r\n" % n for n in range(HEADER_BYTES // 8)),
        b"X" * HEADER_BYTES,
    ],
)
@pytest.mark.parametrize("end", [b"\r\n\r\n", b""])
async def test_headers_that_are_too_large(port: int, headers: bytes, end: bytes) -> None:
    assert (await exchange(port, GET + headers + end))[9:12] in {b"431", b"400", b""}
    assert not seen


async def test_an_address_that_is_too_long(port: int) -> None:
    sent = b"GET /?" + b"x" * HEADER_BYTES + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert (await exchange(port, sent))[9:12] in {b"431", b"400", b""}
    assert not seen


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 1\r\nContent-Length: 5",
        b"Content-Length: 1, 5",
        b"Content-Length: -1",
        b"Content-Length: +1",
        b"Content-Length: 1x",
        b"Content-Length: 99999999999999999999999",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5",
        b"Transfer-Encoding: gzip",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        b"Transfer-Encoding : chunked",
        b"X: a\x00b",
        b": nameless",
    ],
)
async def test_a_request_that_contradicts_itself(port: int, headers: bytes) -> None:
    """If it is accepted, its body is the one that a single header announces, and the rest is not a request."""
    answers = await exchange(
        port, POST + headers + b"\r\nConnection: close\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n"
    )
    assert answers.count(b"HTTP/1.1 ") == 1
    assert (
        answers[9:12] in {b"400", b"501"} or len(seen) == 1
    )  # two lengths: HttpApplication refuses it at the latest
    assert all(scope["path"] != "/smuggled" for scope in seen)


@pytest.mark.parametrize("address", [b"/?q=\xe9", "/?q=é".encode(), "/é".encode(), b"/\x00", b"/ /"])
async def test_an_address_of_other_bytes(port: int, address: bytes) -> None:
    sent = b"GET " + address + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert (await exchange(port, sent))[9:12] == b"400"
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    key = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    sent = b"GET " + address + b" HTTP/1.1\r\nHost: localhost\r\n" + upgrade + key + b"\r\n"
    assert (await exchange(port, sent))[9:12] == b"400"


async def test_a_trailer_is_no_header(port: int) -> None:
    chunked = b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    sent = POST + chunked + b"1\r\na\r\n0\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n"
    assert b"200" in await exchange(port, sent)
    assert b"x-forwarded-for" not in dict(seen[0]["headers"])


async def test_a_client_that_reads_nothing_is_cut_off(port: int) -> None:
    async with connection(port) as (reader, writer), asyncio.timeout(20):
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while not left:  # noqa: ASYNC110 - an Event would belong to one test's loop
            await asyncio.sleep(0.01)


async def test_sockets_stay_open(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}/") as socket:
        await asyncio.sleep(LIMIT * 3)
        await socket.send("still here")
        assert await socket.recv() == "still here"


async def test_connections_above_the_limit_are_refused_with_a_sentence(port: int) -> None:
    idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
    refused = await exchange(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert refused.startswith(b"HTTP/1.1 503")
    assert b"Try again in a moment." in refused
    assert (await exchange(port, GET + b"Connection: close\r\n\r\n")).endswith(b"ok")
    with pytest.raises(InvalidStatus, match="503"):
        async with connect(f"ws://127.0.0.1:{port}/"):
            pass
    assert not seen
    for _, writer in idle:
        writer.close()
    await asyncio.sleep(0.1)
    assert b"200" in await exchange(port, GET + b"Connection: close\r\n\r\n")


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        (b"/?" + b"x" * 9000, b"", b"431"),
        (b"/", b"Cookie: " + b"x" * 9000 + b"\r\n", b"431"),
        (b"/", b"".join(b"X-%d: y\r\n" % number for number in range(140)), b"431"),
        (b"/", b"Content-Length: 7\r\n", b"400"),
        (b"/", b"Transfer-Encoding: chunked\r\n", b"400"),
        (b"/", b"Sec-WebSocket-Key: second\r\n", b"400"),
    ],
)
async def test_a_handshake_that_cannot_be_read_is_refused(
    port: int, address: bytes, headers: bytes, status: bytes
) -> None:
    answer = await exchange(port, b"GET " + address + UPGRADE + headers + b"\r\n")
    assert answer[9:12] == status
    assert answer.count(b"HTTP/1.1 ") == 1
    assert not seen


async def test_a_handshake_that_is_not_accepted_in_time_is_refused(port: int) -> None:
    answer = await exchange(port, b"GET /slow" + UPGRADE + b"\r\n")
    assert answer[9:12] == b"503"


async def test_sending_after_the_close_of_a_socket_is_a_disconnection(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}/closing") as socket:
        await socket.wait_closed()
    assert [type(error).__name__ for error in after_close] == ["ClientDisconnected"] * 2
    assert all(isinstance(error, OSError) for error in after_close)
