"""Responses of the server itself, without a thread and without Django's views."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http.request import split_domain_port, validate_host

from apps.common.errors import AppError, Code, NotFound
from apps.common.threads import CROWDED
from apps.common.views import RETRY_SECONDS, wants_json

HEALTH = "/healthz"
SECURITY = [(b"x-content-type-options", b"nosniff"), (b"content-security-policy", b"default-src 'none'")]
CLOSE = (b"connection", b"close")


async def reply(
    send: Any,
    status: int,
    body: bytes,
    media_type: bytes,
    *headers: tuple[bytes, bytes],
    is_last: bool = True,
) -> None:
    """If `is_last` is false, the response stays open until an empty body message ends it."""
    length = (b"content-length", str(len(body)).encode())
    all_headers = [(b"content-type", media_type), length, *SECURITY, *headers]
    await send({"type": "http.response.start", "status": status, "headers": all_headers})
    await send({"type": "http.response.body", "body": body, "more_body": not is_last})


async def reply_error(scope: dict[str, Any], send: Any, error: AppError, *, is_last: bool = True) -> None:
    """Send a sentence or problem details. The connection is closed afterwards."""
    headers = [CLOSE]
    if error.code is Code.UNAVAILABLE:
        headers.append((b"retry-after", str(RETRY_SECONDS).encode()))
    body, media_type = str(error.message).encode(), b"text/plain; charset=utf-8"
    if _wants_json(scope):
        problem = {
            "type": "about:blank",
            "status": error.status,
            "code": error.code,
            "detail": str(error.message),
        }
        body, media_type = json.dumps(problem).encode(), b"application/problem+json"
    await reply(send, error.status, body, media_type, *headers, is_last=is_last)


async def reply_health(send: Any) -> None:
    """Report that the process runs. Its dependencies are not checked, so that an outage of one does not cause
    restarts.
    """
    await reply(send, 200, b"ok", b"text/plain")


async def reply_no_socket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The ASGI application of a WebSocket with an unknown address."""
    body = str(NotFound().message).encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *SECURITY, CLOSE]
    await send({"type": "websocket.http.response.start", "status": 404, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})


async def crowded(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The ASGI application of a connection above the limit."""
    if scope["path"] == HEALTH:
        await reply_health(send)
    else:
        await reply_error(scope, send, AppError(Code.UNAVAILABLE, CROWDED))


def _wants_json(scope: dict[str, Any]) -> bool:
    accept = [(name, value) for name, value in scope["headers"] if name == b"accept"]
    return wants_json(ASGIRequest(scope | {"headers": accept}, BytesIO()))


def is_allowed_host(scope: dict[str, Any]) -> bool:
    """Whether Django would accept the host name. A request without the header, as in HTTP/1.0, is left to Django."""
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    domains = [split_domain_port(host)[0] for host in hosts]
    return len(hosts) <= 1 and all(
        domain and validate_host(domain, settings.ALLOWED_HOSTS) for domain in domains
    )
