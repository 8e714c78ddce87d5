"""Requests larger than anything the product takes: Django would write them to the disk before it looks."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from apps.common.config import config

FILES_AT_ONCE = 10  # of the largest size, in a form without script; the page's script sends them one by one
LARGE = "/files/"  # the end of the only addresses that take files


class BodyLimit:
    """ASGI. 413 for a body that is announced as too large; one that grows too large is cut off."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        limit = limit_for(scope["path"])
        if _announced(scope) > limit:
            await send({"type": "http.response.start", "status": 413, "headers": [(b"connection", b"close")]})
            await send({"type": "http.response.body", "body": b""})
            return
        await self._app(scope, _Counted(receive, limit), send)


def limit_for(path: str) -> int:
    """Bytes of a request's body."""
    if path.endswith(LARGE):
        return FILES_AT_ONCE * config().uploads.max_bytes
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


class _Counted:
    def __init__(self, receive: Any, limit: int) -> None:
        self._receive = receive
        self._left = limit

    async def __call__(self) -> dict[str, Any]:
        message: dict[str, Any] = await self._receive()
        self._left -= len(message.get("body", b""))
        return message if self._left >= 0 else {"type": "http.disconnect"}


def _announced(scope: dict[str, Any]) -> int:
    """The length as the header says; the server has refused what is no number."""
    return next((int(value) for name, value in scope["headers"] if name == b"content-length"), 0)
