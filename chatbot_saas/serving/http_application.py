"""The ASGI application for HTTP. It answers or refuses requests that need no thread; all others go to Django."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from io import BytesIO
from typing import IO, Any, TypeVar

from django.conf import settings
from django.http import HttpResponseBase

from apps.common.addresses import scope_address, subscriber_of
from apps.common.errors import AppError
from apps.knowledge.config import upload_config
from chatbot_saas.serving.form_body import CHUNKED, LENGTH, border_of, check_end, with_length
from chatbot_saas.serving.refusals import (
    Ambiguous,
    TooLarge,
    TooManyHeaders,
    TooManyUploads,
    TooSlow,
    WrongHost,
)
from chatbot_saas.serving.replies import HEALTH, is_allowed_host, reply_error, reply_health
from chatbot_saas.serving.request_body import Disconnected, Memory, read_to_disk, read_to_memory
from chatbot_saas.serving.request_pool import RequestPool
from chatbot_saas.serving.upload_check import CHECK, MAY_BE_SENT, UPLOADER, takes_files

SMALL = int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
FILES_AT_ONCE = 10  # of the largest size, in a form without script; the page's script sends them one by one
UPLOADS_AT_ONCE = 4  # of one person
MAX_HEADERS = 100
LINGER_SECONDS = (
    10.0  # a refused body is read and dropped for this long; otherwise many clients do not show the reason
)
LINGER_BYTES = 64 << 20

Result = TypeVar("Result")


class HttpApplication:
    def __init__(self) -> None:
        self._pool = RequestPool()
        self._memory = Memory()
        self._uploads: Counter[str] = Counter()  # by user

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        body = _Receiver(receive)
        try:
            await self._serve(scope, body, send)
        except Disconnected:
            return
        except AppError as error:
            await reply_error(scope, send, error, is_last=False)
            await _linger(scope, body, send, seconds=0 if isinstance(error, TooSlow) else LINGER_SECONDS)

    async def _serve(self, scope: dict[str, Any], receive: _Receiver, send: Any) -> None:
        if not is_allowed_host(scope):
            raise WrongHost
        if scope["path"] == HEALTH:
            await reply_health(send)
            return
        if len(scope["headers"]) > MAX_HEADERS:
            raise TooManyHeaders
        if {LENGTH, CHUNKED} <= {name for name, _value in scope["headers"]}:
            raise Ambiguous
        border_of(scope)  # refuses a type that Django cannot read
        if _may_be_large(scope):
            await self._serve_upload(scope, receive, send)
            return
        with self._memory.share(subscriber_of(scope_address(scope))) as take:
            await self._answer(scope, receive, send, await read_to_memory(receive, SMALL, take))

    async def _serve_upload(self, scope: dict[str, Any], receive: _Receiver, send: Any) -> None:
        limit, length = FILES_AT_ONCE * upload_config().max_bytes, _announced_length(scope)
        if scope["method"] != "POST" or not takes_files(scope["path"]) or length > limit:
            raise TooLarge
        check = partial(self._check_upload, scope)
        try:
            with self._one_more(await check(length)):
                body = await read_to_disk(receive, limit, None if length else check)
                await self._answer(scope, receive, send, body, is_upload=True)
        except _Refused as refused:
            await self._pool.send(refused.response, _without_end(send))
            await _linger(scope, receive, send, seconds=LINGER_SECONDS)

    async def _check_upload(self, scope: dict[str, Any], size: int) -> str:
        """The id of the user, who may send so many bytes. Raises _Refused."""
        check = await self._pool.respond(scope | {CHECK: size}, BytesIO())
        if check.status_code != MAY_BE_SENT:
            check.headers["Connection"] = "close"
            raise _Refused(check)
        return str(check.headers[UPLOADER])

    @contextmanager
    def _one_more(self, uploader: str) -> Iterator[None]:
        if self._uploads[uploader] >= UPLOADS_AT_ONCE:
            raise TooManyUploads
        self._uploads[uploader] += 1
        try:
            yield
        finally:
            self._uploads[uploader] -= 1
            self._uploads += Counter()  # removes users with a count of zero

    async def _answer(
        self,
        scope: dict[str, Any],
        receive: _Receiver,
        send: Any,
        body: IO[bytes],
        *,
        is_upload: bool = False,
    ) -> None:
        with ExitStack() as unless_it_is_whole:
            unless_it_is_whole.enter_context(body)
            check_end(scope, body)
            scope = with_length(scope, body)
            unless_it_is_whole.pop_all()
        gone = asyncio.create_task(_disconnected(receive))
        try:
            response = await _unless(gone, self._pool.respond(scope, body, is_upload=is_upload))
            await _unless(gone, self._pool.send(response, send))
        finally:
            gone.cancel()


class _Refused(Exception):
    """Django has refused an upload."""

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__(response.status_code)
        self.response = response


class _Receiver:
    """An ASGI `receive` that records whether the body has ended."""

    def __init__(self, receive: Any) -> None:
        self._receive = receive
        self.is_finished = False

    async def __call__(self) -> dict[str, Any]:
        message: dict[str, Any] = await self._receive()
        self.is_finished = not message.get("more_body", False)
        return message


async def _disconnected(receive: _Receiver) -> None:
    while (await receive())["type"] != "http.disconnect":
        """Skip messages: after the body, only the disconnection follows."""


async def _unless(gone: asyncio.Task[None], work: Coroutine[Any, Any, Result]) -> Result:
    """Raises Disconnected as soon as the client has disconnected. Work in a thread then continues without effect."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({gone, task}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Disconnected
        return task.result()
    finally:
        task.cancel()


def _without_end(send: Any) -> Any:
    """A `send` that leaves the response open after its last byte."""

    async def unfinished(message: dict[str, Any]) -> None:
        await send(message | {"more_body": True} if message["type"] == "http.response.body" else message)

    return unfinished


async def _linger(scope: dict[str, Any], receive: _Receiver, send: Any, *, seconds: float) -> None:
    """Read and drop the rest of the body, then end the response."""
    waits_for_go = any(name == b"expect" for name, _value in scope["headers"])
    left = 0 if waits_for_go else LINGER_BYTES
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not receive.is_finished and left > 0:
                left -= len((await receive()).get("body", b""))
    await send({"type": "http.response.body", "body": b""})


def _may_be_large(scope: dict[str, Any]) -> bool:
    is_chunked = any(name == CHUNKED for name, _value in scope["headers"])
    return _announced_length(scope) > SMALL or (is_chunked and takes_files(scope["path"]))


def _announced_length(scope: dict[str, Any]) -> int:
    """The length in the header. The server has already refused values that are not numbers."""
    return next((int(value) for name, value in scope["headers"] if name == LENGTH), 0)
