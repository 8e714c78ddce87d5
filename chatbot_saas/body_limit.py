"""Requests larger than anything the product takes: Django would write them to the disk before it looks."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.http import parse_cookie
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from apps.accounts.selectors import viewer_of_session
from apps.common.config import config

SMALL = int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
FILES_AT_ONCE = 10  # of the largest size, in a form without script; the page's script sends them one by one
TAKES_FILES = "upload"  # the name of the only address that does


class BodyLimit:
    """ASGI. 413 for a body that is announced as too large; one that grows too large is cut off.

    Only people who are signed in may send a large one: it is on the disk before a view can ask who they are.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        limit = limit_for(scope["path"])
        if limit > SMALL and not await database_sync_to_async(_is_signed_in)(scope):
            limit = SMALL
        if _announced(scope) > limit:
            await _refuse(send)
            return
        await self._app(scope, _Counted(receive, limit), send)


async def _refuse(send: Any) -> None:
    said = _("That is too large to be sent at once. Go back and send fewer or smaller files.").encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": said})


def limit_for(path: str) -> int:
    """Bytes of a request's body."""
    return FILES_AT_ONCE * config().uploads.max_bytes if _takes_files(path) else SMALL


def _takes_files(path: str) -> bool:
    try:
        return resolve(path).url_name == TAKES_FILES
    except Resolver404:
        return False


def _is_signed_in(scope: dict[str, Any]) -> bool:
    header = next((value for name, value in scope["headers"] if name == b"cookie"), b"")
    cookies = parse_cookie(header.decode("latin-1"))
    return viewer_of_session(cookies.get(settings.SESSION_COOKIE_NAME)).user is not None


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
