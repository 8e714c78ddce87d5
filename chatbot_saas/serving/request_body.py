"""Reads the bodies of requests before a thread is taken, with limits on their size, duration and total memory."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from typing import IO, Any

from django.conf import settings

from apps.common.disk_space import check_reserve, disk_full_as_app_error
from apps.common.errors import AppError, Code
from apps.common.threads import CROWDED
from chatbot_saas.serving.refusals import TooLarge, TooMuchAtOnce, TooSlow

CHUNK_SECONDS = 20.0  # between two parts of a body
LEAST_BYTES_PER_SECOND = 8192  # on average, after that
SMALL_SECONDS = 15.0  # for a whole body that is kept in memory
IN_MEMORY = 64 << 20  # small bodies of all requests together
SHARE = 4  # an address may use this part of it
WRITE_BYTES = 1 << 18  # of a large body are written at once, each time by a thread

CHECK_BYTES = 4 << 20  # of a body without an announced length are received between two checks


class Disconnected(Exception):
    """The client has disconnected."""


class Memory:
    """Counts the memory of all small bodies in this process, and that of each address."""

    def __init__(self) -> None:
        self._taken = 0
        self._by_address: Counter[str] = Counter()

    @contextmanager
    def share(self, address: str) -> Iterator[Callable[[int], None]]:
        """Yields a function that reserves memory; all of it is released at the end. The function raises AppError."""
        taken = 0

        def take(size: int) -> None:
            nonlocal taken
            taken += size
            self._add(address, size)
            if self._by_address[address] > IN_MEMORY // SHARE:
                raise TooMuchAtOnce
            if self._taken > IN_MEMORY:
                raise AppError(Code.UNAVAILABLE, CROWDED)

        try:
            yield take
        finally:
            self._add(address, -taken)

    def _add(self, address: str, size: int) -> None:
        self._taken += size
        self._by_address[address] += size
        if not self._by_address[address]:
            del self._by_address[address]


async def read_to_memory(receive: Any, limit: int, take: Callable[[int], None]) -> IO[bytes]:
    """Raises AppError and Disconnected."""
    body = BytesIO()
    try:
        async with asyncio.timeout(SMALL_SECONDS):
            async for chunk in chunks(receive, limit):
                take(len(chunk))
                body.write(chunk)
    except TimeoutError as error:
        raise TooSlow from error
    body.seek(0)
    return body


async def read_to_disk(
    receive: Any, limit: int, check: Callable[[int], Awaitable[object]] | None = None
) -> IO[bytes]:
    """Read into a file without a name in the folder for uploads. Raises AppError and Disconnected.

    `check` is called with the number of received bytes, again and again, and may raise an exception.
    """
    with ExitStack() as unless_it_is_read:
        file = unless_it_is_read.enter_context(tempfile.TemporaryFile(dir=settings.INCOMING))
        buffer, received, checked = bytearray(), 0, 0
        async for chunk in chunks(receive, limit):
            buffer += chunk
            received += len(chunk)
            if check is not None and received - checked >= CHECK_BYTES:
                await check(received)
                checked = received
            if len(buffer) >= WRITE_BYTES:
                await asyncio.to_thread(_write, file, bytes(buffer))
                buffer.clear()
        await asyncio.to_thread(_write, file, bytes(buffer))
        file.seek(0)
        unless_it_is_read.pop_all()
    return file


async def chunks(receive: Any, limit: int) -> AsyncIterator[bytes]:
    """Raises TooLarge, TooSlow and Disconnected."""
    clock = asyncio.get_running_loop().time
    began, received = clock(), 0
    while True:
        latest = began + CHUNK_SECONDS + received / LEAST_BYTES_PER_SECOND
        try:
            async with asyncio.timeout(min(CHUNK_SECONDS, latest - clock())):
                message = await receive()
        except TimeoutError as error:
            raise TooSlow from error
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk = message.get("body", b"")
        received += len(chunk)
        if received > limit:
            raise TooLarge
        yield chunk
        if not message.get("more_body", False):
            return


def _write(file: IO[bytes], content: bytes) -> None:
    with disk_full_as_app_error():
        check_reserve(len(content))
        file.write(content)
        file.flush()
