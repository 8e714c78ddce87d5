"""Which pages may open a socket."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from pytest_django import Settings

from chatbot_saas.websocket_origin import WebSocketOrigin

Communicator: Any = ApplicationCommunicator  # asgiref gives it no types
OWN = "http://localhost:8000"


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "[::1]", "quoth.example.org"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://quoth.example.org", "https://*.apps.example.org"]


async def is_allowed(*origins: str, host: str | None = "localhost:8000", **scope: Any) -> bool:
    """Whether the application behind is reached; else the handshake must be refused."""
    reached = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope)

    headers = [(b"origin", origin.encode("latin-1")) for origin in origins]
    if host is not None:
        headers.append((b"host", host.encode("latin-1")))
    headers += scope.pop("headers", [])
    handshake = {
        "type": "websocket",
        "scheme": "ws",
        "path": "/ws/v1/",
        "query_string": b"",
        "headers": headers,
    }
    communicator = Communicator(WebSocketOrigin(app), handshake | {"server": ("10.0.0.1", 8000)} | scope)
    for event in ({"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}):
        await communicator.send_input(event)
    await communicator.wait(5)
    if not reached:
        assert (await communicator.receive_output(1))["type"] == "websocket.close"
    return bool(reached)


async def test_a_page_of_this_very_origin() -> None:
    assert await is_allowed(OWN)
    assert await is_allowed("http://LOCALHOST:8000")
    assert await is_allowed("http://localhost", host="localhost")
    assert await is_allowed("http://localhost", host="localhost:80")
    assert await is_allowed("http://[::1]:8000", host="[::1]:8000")
    assert await is_allowed("https://localhost", host="localhost", scheme="wss")


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:8001", "http://localhost", "https://localhost:8000", "ws://localhost:8000",
        "http://127.0.0.1:8000", "http://evil.example", "http://localhost.evil.example:8000",
        "http://evil.example/localhost:8000", "http://user@localhost:8000", "http://localhost:8000@evil.example",
        "http://localhost:8000/path", "http://localhost:x", "http://[::1", "null", "", "localhost:8000", "file://",
    ],
)  # fmt: skip
async def test_any_other_is_refused(origin: str) -> None:
    assert not await is_allowed(origin)


async def test_none_and_several_are_refused() -> None:
    assert not await is_allowed()
    assert not await is_allowed(OWN, OWN)
    assert not await is_allowed("http://evil.example", OWN)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "a b", "", None])
async def test_the_host_must_be_the_sites(host: str | None) -> None:
    assert not await is_allowed(f"http://{host}", host=host)
    assert not await is_allowed("https://quoth.example.org", host=host)


async def test_trusted_origins() -> None:
    """As behind a proxy that speaks TLS and is not believed about it."""
    for origin in (
        "https://quoth.example.org",
        "https://quoth.example.org:443",
        "https://a.apps.example.org",
    ):
        assert await is_allowed(origin, host="quoth.example.org")
    for origin in (
        "http://quoth.example.org:8080", "https://quoth.example.org:8443", "http://a.apps.example.org",
        "https://evilapps.example.org", "https://a.apps.example.org.evil.example",
    ):  # fmt: skip
        assert not await is_allowed(origin, host="quoth.example.org")


async def test_a_proxy_that_is_believed_says_the_scheme(settings: Settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    proxied = [(b"x-forwarded-proto", b"https")]
    assert await is_allowed("https://localhost", host="localhost", headers=proxied)
    assert not await is_allowed("http://localhost", host="localhost", headers=proxied)
