"""Which pages may open a WebSocket: those of this very origin, and of origins that forms are trusted from.

Cookies are sent with a handshake from any page, so this is what keeps another site, or another port of this host,
from speaking as the person in the browser.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.utils.http import is_same_domain

HTTP = {"ws": "http", "wss": "https"}
DEFAULT_PORTS = {"http": 80, "https": 443}


class WebSocketOrigin:
    """ASGI. Refuses the handshake (403) before a consumer exists."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if _is_allowed(scope):
            await self._app(scope, receive, send)
        else:
            await send({"type": "websocket.close"})  # before it was accepted: the server answers 403


def _is_allowed(scope: dict[str, Any]) -> bool:
    """A missing origin, several, and `null` are refused as any other that is not known."""
    origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
    try:
        own = _own_origin(scope)
    except DisallowedHost:
        return False
    return len(origins) == 1 and any(
        _matches(origins[0], each) for each in (own, *settings.CSRF_TRUSTED_ORIGINS)
    )


def _own_origin(scope: dict[str, Any]) -> str:
    """As Django sees the request: with its rules for host names and proxies. Raises DisallowedHost."""
    request = ASGIRequest(scope | {"method": "GET"}, BytesIO())
    return f"{HTTP.get(request.scheme or '', request.scheme)}://{request.get_host()}"


def _matches(origin: str, trusted: str) -> bool:
    """The whole origin; `trusted` may stand for all subdomains, as https://*.example.org."""
    given, expected = _parts(origin), _parts(trusted.replace("://*.", "://.", 1))
    if given is None or expected is None:
        return False
    return given[::2] == expected[::2] and is_same_domain(given[1], expected[1])


def _parts(origin: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port; None for what is no origin."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.username is not None:
        return None
    if parts.path.strip("/") or parts.query or parts.fragment:
        return None
    return parts.scheme, parts.hostname, port or DEFAULT_PORTS[parts.scheme]
