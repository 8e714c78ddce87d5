"""Reads files in one child process, which is started when needed and killed when a file fails or is cancelled."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from apps.knowledge.chunking.rows import RowLimits
from apps.knowledge.config import passage_config, upload_config
from apps.knowledge.documents.parsed_document import FailureCode, ParseError
from apps.knowledge.parsing.child_process import CHECK_SECONDS, ChildDied, ChildProcess
from apps.knowledge.parsing.detect import listed_format
from apps.knowledge.parsing.wire import (
    AnyRequest,
    DocumentFrame,
    Done,
    FigureRequest,
    Picture,
    PictureRequest,
    Progress,
    Reply,
    Request,
)


@dataclass(frozen=True)
class ReadLimits:
    """`seconds` is the limit on the time until the first frame of a document, and on the processor time of the
    child.
    """

    seconds: int
    memory_mb: int
    max_bytes: int
    rows: RowLimits

    @classmethod
    def from_config(cls) -> Self:
        uploads, cuts = upload_config(), passage_config()
        rows = RowLimits(
            target_words=cuts.target_words,
            max_words=cuts.max_words,
            text_chars=uploads.max_text_chars,
            passages=uploads.max_passages,
            sentences=uploads.max_sentences,
            links=uploads.max_links,
            blocks=uploads.max_blocks,
            terms=uploads.max_terms,
            pictures=uploads.max_pictures,
            picture_bytes=uploads.max_picture_bytes,
            picture_pixels=uploads.max_picture_pixels,
        )
        return cls(uploads.parse_seconds, uploads.parse_memory_mb, uploads.max_bytes, rows)


@dataclass(frozen=True)
class Watch:
    """Called while the child works: `on_progress(done, total)` with counts of pages; `check`, which may raise to stop
    it.
    """

    on_progress: Callable[[int, int], None] = lambda done, total: None
    check: Callable[[], None] = lambda: None


class DocumentReader:
    """Reads one file at a time; safe to share between threads. Use it as a context manager, or call `close`."""

    def __init__(self, limits: ReadLimits | None = None) -> None:
        self._limits = limits or ReadLimits.from_config()
        self._lock = threading.Lock()
        self._child: ChildProcess | None = None

    def read(self, source: Path | bytes, path: str, watch: Watch | None = None) -> Generator[DocumentFrame]:
        """The frames of one document, its head first. `path` is its path in the collection.

        Raises ParseError, even after the first frames, and what `watch.check` raises. Close the iterator to stop early:
        this kills the child.
        """
        listed_format(path)
        self._check_size(source)
        with self._lock, self._clean_child():
            yield from self._read(source, path, watch or Watch())

    def picture(self, source: Path | bytes, page: int) -> bytes:
        """A page of a PDF as a PNG. Pages count from 1. Raises ParseError."""
        return self._picture(source, PictureRequest(page, self._limits.seconds))

    def figure(self, source: Path | bytes, path: str, place: str) -> bytes:
        """A picture in a file as a PNG or JPEG; `place` is the source of a Figure, "" for the file itself. Raises
        ParseError.
        """
        rows = self._limits.rows
        limits = (rows.picture_bytes, rows.picture_pixels)
        return self._picture(source, FigureRequest(path, self._limits.seconds, place, *limits))

    def _picture(self, source: Path | bytes, request: PictureRequest | FigureRequest) -> bytes:
        self._check_size(source)
        with self._lock, self._clean_child():
            self._drop_old_child()
            reply = self._begin(source, request, Watch())
            if not isinstance(reply, Picture):
                raise ParseError(FailureCode.MALFORMED, "no picture")
            return reply.data

    def close(self) -> None:
        with self._lock:
            self._drop_child()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_size(self, source: Path | bytes) -> None:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > self._limits.max_bytes:
            raise ParseError(FailureCode.OVERSIZED, f"{size} bytes")

    @contextmanager
    def _clean_child(self) -> Iterator[None]:
        """Does not use a child again that did not finish its document."""
        with ExitStack() as unless_it_finishes:
            unless_it_finishes.callback(self._drop_child)
            yield
            unless_it_finishes.pop_all()

    def _read(self, source: Path | bytes, path: str, watch: Watch) -> Iterator[DocumentFrame]:
        """Reads the file again in a new child if a child that has read other files ran out of memory."""
        self._drop_old_child()
        was_used = self._child is not None
        request = Request(path, self._limits.seconds, self._limits.rows)
        reply: DocumentFrame | Picture | Done
        try:
            reply = self._begin(source, request, watch)
        except ParseError as error:
            if not was_used or error.code is not FailureCode.TOO_MUCH_MEMORY:
                raise
            self._drop_child()
            reply = self._begin(source, request, watch)
        while not isinstance(reply, Done):
            if isinstance(reply, Picture):
                raise ParseError(FailureCode.MALFORMED, "a picture in a document")
            yield reply
            reply = self._next(watch)

    def _begin(self, source: Path | bytes, request: AnyRequest, watch: Watch) -> DocumentFrame | Picture:
        child = self._child = self._child or ChildProcess(self._limits.memory_mb, self._limits.seconds)
        try:
            with _opened(source) as content:
                is_sent = child.send(request, content, self._limits.seconds, watch.check)
        except ChildDied as error:
            raise ParseError(error.code, str(error)) from error
        if not is_sent:
            raise self._too_slow()
        first = self._next(watch)
        if isinstance(first, Done):
            raise ParseError(FailureCode.MALFORMED, "a document without a head")
        return first

    def _next(self, watch: Watch) -> DocumentFrame | Picture | Done:
        """The next frame. It must arrive within the time limit of a file."""
        deadline = time.monotonic() + self._limits.seconds
        while True:
            reply = self._receive(deadline, watch)
            if isinstance(reply, ParseError):
                raise reply
            if not isinstance(reply, Progress):
                return reply
            watch.on_progress(reply.done, reply.total)

    def _receive(self, deadline: float, watch: Watch) -> Reply:
        assert self._child is not None  # a document has begun
        while (left := deadline - time.monotonic()) > 0:
            watch.check()
            try:
                reply = self._child.receive(min(left, CHECK_SECONDS))
            except ChildDied as error:
                raise ParseError(error.code, str(error)) from error
            if reply is not None:
                return reply
        raise self._too_slow()

    def _too_slow(self) -> ParseError:
        return ParseError(FailureCode.TOO_SLOW, f"{self._limits.seconds} s")

    def _drop_old_child(self) -> None:
        if self._child is not None and not self._child.may_read_another:
            self._drop_child()

    def _drop_child(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None


def _opened(source: Path | bytes) -> IO[bytes]:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
