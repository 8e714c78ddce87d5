"""Requests that the server answers or refuses before Django, and how Django's responses are sent."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from pytest_django import Settings

from apps.common.views import wants_json
from apps.knowledge.config import upload_config
from chatbot_saas.serving import http_application
from chatbot_saas.serving.http_application import SMALL, HttpApplication
from chatbot_saas.serving.request_pool import RequestPool
from chatbot_saas.tests.exchange import Exchange, request

BIG = b"0123456789abcdef" * (1 << 18)  # 4 MiB
begun, let_go = threading.Event(), threading.Event()
closed = threading.Event()
threads: list[str] = []


class Watched(BytesIO):
    def close(self) -> None:
        closed.set()
        super().close()


def _echo(request: HttpRequest) -> HttpResponse:
    threads.append(threading.current_thread().name)
    return HttpResponse(request.body or request.headers.get("X-Forwarded-For", "none"))


def _slow(request: HttpRequest) -> HttpResponse:
    begun.set()
    let_go.wait(10)
    return HttpResponse("slow")


def _file(request: HttpRequest) -> FileResponse:
    response = FileResponse(Watched(BIG), content_type="application/octet-stream")
    response["Content-Length"] = len(BIG)
    return response


def _stream(request: HttpRequest) -> StreamingHttpResponse:
    def pieces() -> Iterator[str]:
        for number in range(3):
            threads.append(threading.current_thread().name)
            yield f"{number}\n"

    return StreamingHttpResponse(pieces())


def _bug(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [
    path("echo/", _echo),
    path("slow/", _slow),
    path("file/", _file),
    path("stream/", _stream),
    path("bug/", _bug),
    path("collections/<uuid:uid>/files/", _echo, name="upload"),
]


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(str(wants_json(request)), status=404)


def handler500(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=500)


@pytest.fixture
def app(settings: Settings) -> Iterator[HttpApplication]:
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.MIDDLEWARE = ["apps.common.middleware.ErrorMiddleware"]
    settings.QUOTH_PAGE_THREADS = 1
    begun.clear()
    let_go.clear()
    closed.clear()
    threads.clear()
    yield HttpApplication()
    let_go.set()


async def test_health_needs_no_thread(app: HttpApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RequestPool, "respond", None)
    answer = await request("GET", "/healthz").run(app)
    assert (answer.status, answer.body) == (200, b"ok")


@pytest.mark.parametrize("path", ["/healthz", "/echo/"])
async def test_another_name_of_the_site_is_a_bad_request(app: HttpApplication, path: str) -> None:
    exchange = request("GET", path)
    exchange.scope["headers"] = [(b"host", b"evil.example")]
    assert (await exchange.run(app)).status == 400
    twice = request("GET", path)
    twice.scope["headers"] = [(b"host", b"localhost"), (b"host", b"localhost")]
    assert (await twice.run(app)).status == 400


async def test_a_request_runs_in_one_thread_of_the_pool(app: HttpApplication) -> None:
    answers = await asyncio.gather(
        *(request("POST", "/echo/", parts=[b"a", str(number).encode()]).run(app) for number in range(20))
    )
    assert [answer.body for answer in answers] == [f"a{number}".encode() for number in range(20)]
    assert set(threads) == {"page_0"}


async def test_a_body_announced_as_too_large_is_not_read(app: HttpApplication) -> None:
    exchange = request("POST", "/echo/", parts=[b"x"], content_length=str(SMALL + 1), expect="100-continue")
    answer = await exchange.run(app)
    assert (answer.status, answer.headers["connection"], answer.taken) == (413, "close", 0)
    assert b"smaller files" in answer.body


async def test_a_body_that_grows_too_large_is_refused(app: HttpApplication) -> None:
    exchange = request("POST", "/echo/", parts=[b"x" * SMALL] * 3, announced=False, accept="application/json")
    answer = await exchange.run(app)
    assert (answer.status, answer.headers["content-type"]) == (413, "application/problem+json")
    assert answer.json["code"] == "too_long"
    assert (
        answer.taken == 3
    )  # the rest was read and dropped: otherwise a client that is still sending does not show the response


async def test_bodies_that_stay_unfinished_take_no_more_than_the_share_of_their_address(
    app: HttpApplication, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """Also behind a proxy, whose own address all clients have."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    monkeypatch.setattr("chatbot_saas.serving.request_body.IN_MEMORY", 40)

    def sent_from(address: str, *parts: bytes) -> Exchange:
        return request("POST", "/echo/", parts=list(parts), announced=False, x_forwarded_for=address)

    unfinished = _Unfinished(sent_from("2001:db8::1", b"x" * 8))
    waiting = asyncio.create_task(unfinished.run(app))
    await asyncio.sleep(0.05)
    assert (await sent_from("2001:db8::2", b"y" * 8).run(app)).status == 429
    assert (await sent_from("2001:db8:1::2", b"y" * 8).run(app)).status == 200
    unfinished.left.set()
    await waiting
    assert (await sent_from("2001:db8::2", b"y" * 8).run(app)).status == 200


async def test_only_the_upload_url_accepts_a_large_body(app: HttpApplication) -> None:
    large = str(SMALL + 1)
    upload = "/collections/01900000-0000-7000-8000-000000000000/files/"
    assert (await request("PUT", upload, parts=[b"x"], content_length=large).run(app)).status == 413
    too_large = str(http_application.FILES_AT_ONCE * upload_config().max_bytes + 1)
    assert (await request("POST", upload, parts=[b"x"], content_length=too_large).run(app)).status == 413


async def test_a_body_with_two_ends_is_refused(app: HttpApplication) -> None:
    exchange = request("POST", "/echo/", parts=[b"x"], content_length="1", transfer_encoding="chunked")
    assert (await exchange.run(app)).status == 400


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_headers_in_an_unknown_character_set(app: HttpApplication, method: str) -> None:
    unknown = "multipart/form-data; boundary*=none''x"
    assert (await request(method, "/echo/", content_type=unknown).run(app)).status == 400
    assert (await request(method, "/echo/", accept=unknown).run(app)).status == 200
    missing = await request(method, "/nothing/", accept="text/html; a*=none''x").run(app)
    assert missing.status == 404


async def test_too_many_headers(app: HttpApplication) -> None:
    exchange = request("GET", "/echo/")
    exchange.scope["headers"] += [(f"x-{number}".encode(), b"y") for number in range(100)]
    assert (await exchange.run(app)).status == 431


async def test_a_header_with_an_underscore_passes_for_no_other(app: HttpApplication) -> None:
    exchange = request("GET", "/echo/")
    exchange.scope["headers"].append((b"x_forwarded_for", b"6.6.6.6"))
    assert (await exchange.run(app)).body == b"none"


async def test_a_query_of_any_bytes_is_no_failure(app: HttpApplication) -> None:
    exchange = request("GET", "/echo/")
    exchange.scope["query_string"] = b"q=\xff"
    assert (await exchange.run(app)).status == 400


async def test_more_requests_than_may_wait_are_refused(app: HttpApplication) -> None:
    app._pool._pages._waiting = 1
    slow = asyncio.create_task(request("GET", "/slow/").run(app))
    await _until(begun)
    waiting = asyncio.create_task(request("GET", "/echo/").run(app))
    await asyncio.sleep(0.05)
    refused = await request("GET", "/echo/").run(app)
    assert (refused.status, refused.headers["retry-after"]) == (503, "5")
    assert b"Try again in a moment" in refused.body
    assert (await request("GET", "/healthz").run(app)).status == 200
    let_go.set()
    assert (await slow).body == b"slow"
    assert (await waiting).status == 200


async def test_a_client_that_leaves_gives_up_its_turn(app: HttpApplication) -> None:
    slow = asyncio.create_task(request("GET", "/slow/").run(app))
    await _until(begun)
    leaving = request("GET", "/echo/")
    waiting = asyncio.create_task(leaving.run(app))
    await asyncio.sleep(0.05)
    leaving.left.set()
    assert (await waiting).status == 0
    let_go.set()
    await slow
    await request("GET", "/echo/").run(app)
    assert len(threads) == 1


async def test_a_client_that_leaves_in_the_middle_waits_for_nothing(app: HttpApplication) -> None:
    leaving = request("GET", "/slow/")
    waiting = asyncio.create_task(leaving.run(app))
    await _until(begun)
    leaving.left.set()
    assert (await waiting).status == 0
    let_go.set()
    assert (await request("GET", "/echo/").run(app)).status == 200


async def test_a_large_file_is_read_in_chunks_and_occupies_no_thread_of_the_pool(
    app: HttpApplication,
) -> None:
    answer = await request("GET", "/file/").run(app)
    assert answer.body == BIG
    assert max(map(len, answer.bodies)) <= 1 << 16
    await _until(closed)


async def test_a_slow_reader_of_a_large_file_holds_up_no_page(app: HttpApplication) -> None:
    reader = SlowReader()
    reading = asyncio.create_task(reader.run(app))
    await reader.has_begun.wait()
    assert (await request("GET", "/echo/").run(app)).status == 200
    reader.left.set()
    await reading
    assert sum(map(len, reader.bodies)) < len(BIG)
    await _until(closed)


async def test_what_a_view_yields_is_collected_in_its_thread(app: HttpApplication) -> None:
    assert (await request("GET", "/stream/").run(app)).body == b"0\n1\n2\n"
    assert set(threads) == {"page_0"}


async def test_a_bug_is_a_500_and_frees_the_thread(app: HttpApplication) -> None:
    for _ in range(3):
        assert (await request("GET", "/bug/").run(app)).status == 500
    assert (await request("GET", "/echo/").run(app)).status == 200


class _Unfinished(Exchange):
    """Sends its parts, and then nothing until it disconnects."""

    def __init__(self, whole: Exchange) -> None:
        super().__init__("POST", whole.scope["path"], {}, [])
        self.scope, self._parts = whole.scope, whole._parts

    async def _receive(self) -> dict[str, Any]:
        message = await super()._receive()
        return message | {"more_body": True} if message["type"] == "http.request" else message


class SlowReader(Exchange):
    """Receives the first chunk, and then nothing until it disconnects."""

    def __init__(self) -> None:
        super().__init__("GET", "/file/", {}, [])
        self.has_begun = asyncio.Event()

    async def _send(self, message: dict[str, Any]) -> None:
        await super()._send(message)
        if message["type"] == "http.response.body":
            self.has_begun.set()
            await self.left.wait()


async def _until(happened: threading.Event) -> None:
    assert await asyncio.to_thread(happened.wait, 10)
