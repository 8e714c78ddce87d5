"""Runs Django in a bounded number of threads, each with a database connection that it keeps.

A request holds a thread from its first middleware to its response, and not while it is received or sent: slow clients
hold no thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import IO, Any, cast

from django.conf import settings
from django.core import signals
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import set_script_prefix

from apps.common.threads import ThreadPool
from chatbot_saas.serving.upload_handler import close_uploaded_files

READ_AT_ONCE = 1 << 20  # bytes of a file that are read by the request's own thread


class Handler(ASGIHandler):
    """Django's handler with one call of one thread for all middleware and the view, instead of one for each."""

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    def respond(self, scope: dict[str, Any], body: IO[bytes]) -> HttpResponseBase:
        """Runs a request in this thread and closes its body. The response is closed too, unless it is a large file."""
        with body:
            return self._respond(scope, body)

    def _respond(self, scope: dict[str, Any], body: IO[bytes]) -> HttpResponseBase:
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        if request is None:
            response = cast(HttpResponseBase, refusal)
        else:
            response = self.get_response(request)
            if request.method == "POST":
                close_uploaded_files(request)
        response._handler_class = self.__class__  # type: ignore[attr-defined]  # the sender of request_finished
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            _prepare_stream(response, self.chunk_size)
        if not response.streaming or not _is_large_file(response):
            response.close()
        return response


class RequestPool:
    """Large uploads have threads of their own, so that they never hold up pages."""

    def __init__(self) -> None:
        self._handler = Handler()
        self._pages = ThreadPool("page", settings.QUOTH_PAGE_THREADS, waiting=200, seconds=10)
        self._uploads = ThreadPool("upload", settings.QUOTH_UPLOAD_THREADS, waiting=50, seconds=60)

    async def respond(
        self, scope: dict[str, Any], body: IO[bytes], *, is_upload: bool = False
    ) -> HttpResponseBase:
        """Raises AppError when no thread is free in time."""
        threads = self._uploads if is_upload else self._pages
        return await threads.run(self._handler.respond, scope, body)

    async def send(self, response: HttpResponseBase, send: Any) -> None:
        try:
            await self._handler.send_response(response, send)
        finally:
            if not response.closed:
                asyncio.get_running_loop().run_in_executor(None, response.close)


def _prepare_stream(response: StreamingHttpResponse, block_size: int) -> None:
    """What a view's generator yields is collected here, since it may use this thread's database connection."""
    if isinstance(response, FileResponse):
        response.block_size = block_size
    pieces: Iterator[bytes] = iter(response.streaming_content)  # type: ignore[arg-type]  # it is not asynchronous
    is_large = _is_large_file(response)
    response.streaming_content = _read_elsewhere(pieces) if is_large else _at_once(b"".join(pieces))


def _is_large_file(response: HttpResponseBase) -> bool:
    length = response.headers.get("Content-Length", "")
    return isinstance(response, FileResponse) and (not length.isdigit() or int(length) > READ_AT_ONCE)


async def _at_once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _read_elsewhere(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """By threads outside of the pool, as fast as the client takes them."""
    while piece := await asyncio.to_thread(next, pieces, b""):
        yield piece
