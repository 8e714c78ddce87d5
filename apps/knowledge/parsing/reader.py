"""The parent's side of reading: one child process, started when needed, killed when a file fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from apps.common.config import config
from apps.knowledge.parsing.child_process import ChildDied, ChildProcess, ChildTimeout
from apps.knowledge.parsing.detect import listed_format
from apps.knowledge.parsing.document import FailureCode, ParsedDocument, ParseError
from apps.knowledge.parsing.wire import Progress, Request


@dataclass(frozen=True)
class ReadLimits:
    seconds: int
    memory_mb: int
    max_bytes: int
    max_text_chars: int

    @classmethod
    def from_config(cls) -> Self:
        uploads = config().uploads
        return cls(uploads.parse_seconds, uploads.parse_memory_mb, uploads.max_bytes, uploads.max_text_chars)


class DocumentReader:
    """Reads files one at a time; safe to share between threads. Use as a context manager, or call `close`."""

    def __init__(self, limits: ReadLimits | None = None) -> None:
        self._limits = limits or ReadLimits.from_config()
        self._lock = threading.Lock()
        self._child: ChildProcess | None = None

    def read(
        self, source: Path | bytes, name: str, on_progress: Callable[[int, int], None] | None = None
    ) -> ParsedDocument:
        """The document in a file or in bytes. `on_progress(done, total)` counts pages. Raises ParseError."""
        listed_format(name)
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > self._limits.max_bytes:
            raise ParseError(FailureCode.OVERSIZED, f"{size} bytes")
        with self._lock, ExitStack() as on_failure:
            on_failure.callback(self._drop_child)
            document = self._read(source, name, on_progress or _ignore)
            on_failure.pop_all()
        return document

    def close(self) -> None:
        with self._lock:
            self._drop_child()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(
        self, source: Path | bytes, name: str, on_progress: Callable[[int, int], None]
    ) -> ParsedDocument:
        """A child that has read other files may be out of memory because of them: its file gets a fresh one."""
        deadline = time.monotonic() + self._limits.seconds
        if self._child is not None and not self._child.is_running:
            self._drop_child()
        was_used = self._child is not None
        try:
            return self._ask(source, name, on_progress, deadline)
        except ParseError as error:
            if not was_used or error.code is not FailureCode.TOO_MUCH_MEMORY:
                raise
        self._drop_child()
        return self._ask(source, name, on_progress, deadline)

    def _ask(
        self, source: Path | bytes, name: str, on_progress: Callable[[int, int], None], deadline: float
    ) -> ParsedDocument:
        child = self._child = self._child or ChildProcess(self._limits.memory_mb)
        path = "" if isinstance(source, bytes) else str(source.resolve())
        request = Request(name, path, self._limits.seconds, self._limits.max_text_chars)
        try:
            child.send(request, source if isinstance(source, bytes) else None)
            while True:
                reply = child.receive(deadline)
                if not isinstance(reply, Progress):
                    break
                on_progress(reply.done, reply.total)
        except ChildTimeout as error:
            raise ParseError(FailureCode.TOO_SLOW, f"{self._limits.seconds} s") from error
        except ChildDied as error:
            raise ParseError(error.code, str(error)) from error
        if isinstance(reply, ParseError):
            raise reply
        return reply

    def _drop_child(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None


def _ignore(done: int, total: int) -> None:
    """Nobody watches the progress."""
