"""Decides which pages may open a WebSocket: those of the same origin, and of origins that are trusted for forms.

Browsers send cookies with a handshake from any page. Without this check, another site or another port of this host
could open a socket with the session of the person in the browser.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest

from chatbot_saas.origins import matches_origin

HTTP = {"ws": "http", "wss": "https"}


class WebSocketOrigin:
    """An ASGI application that refuses the handshake (403) before a consumer is created."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if _is_allowed(scope):
            await self._app(scope, receive, send)
        else:
            await send({"type": "websocket.close"})  # closed before it was accepted: the server answers 403


def _is_allowed(scope: dict[str, Any]) -> bool:
    """Whether the one origin is known. A missing origin, several origins and `null` are refused."""
    origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
    try:
        own = _own_origin(scope)
    except DisallowedHost:
        return False
    return len(origins) == 1 and any(
        matches_origin(origins[0], each) for each in (own, *settings.CSRF_TRUSTED_ORIGINS)
    )


def _own_origin(scope: dict[str, Any]) -> str:
    """The origin of the request by Django's rules for host names and proxies. Raises DisallowedHost."""
    request = ASGIRequest(scope | {"method": "GET"}, BytesIO())
    return f"{HTTP.get(request.scheme or '', request.scheme)}://{request.get_host()}"
