"""The first half of ingestion: from the original to a complete draft version."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing

from apps.common.precedence import wait_for_questions
from apps.knowledge.documents.originals import local_original
from apps.knowledge.ingestion.drafts import DraftWriter
from apps.knowledge.ingestion.lease import renew
from apps.knowledge.models import DocumentVersion, Ingestion, IngestionState, Sentence
from apps.knowledge.parsing.reader import DocumentReader, Watch

CHECK_SECONDS = 0.5  # how often a worker checks whether its file was cancelled

_readers = threading.local()  # one reading process for each worker thread


def extract_draft(ingestion: Ingestion, meanwhile: Callable[[], None] = lambda: None) -> DocumentVersion:
    """Read the file in the reading process and write what it sends. Raises ParseError and LeaseLost.

    `meanwhile` is called about twice a second.
    """

    def check() -> None:
        renew(ingestion)
        meanwhile()

    writer = DraftWriter(ingestion)
    watch = Watch(on_progress=_storing_progress(ingestion), check=every(CHECK_SECONDS, check))
    with (
        local_original(ingestion.original) as path,
        closing(thread_reader().read(path, ingestion.path, watch)) as frames,
    ):
        for frame in frames:
            writer.write(frame)
            wait_for_questions()
    version = writer.finish()
    total = _count_texts(version)
    renew(ingestion, state=IngestionState.INDEXING, progress=0, total=total, indexed_passages=0)
    return version


def thread_reader() -> DocumentReader:
    """The reader of this thread. Its process starts with the first file."""
    if not hasattr(_readers, "reader"):
        _readers.reader = DocumentReader()
    reader: DocumentReader = _readers.reader
    return reader


def every(seconds: float, action: Callable[[], None]) -> Callable[[], None]:
    """Returns a function that calls `action` at most once in `seconds`. Exceptions of `action` are not caught."""
    last = time.monotonic()

    def call() -> None:
        nonlocal last
        if time.monotonic() - last >= seconds:
            action()
            last = time.monotonic()

    return call


def _storing_progress(ingestion: Ingestion) -> Callable[[int, int], None]:
    """Stores (done, total) pages, at most twice a second."""
    latest = (0, 0)
    store = every(CHECK_SECONDS, lambda: renew(ingestion, progress=latest[0], total=latest[1]))

    def on_progress(done: int, total: int) -> None:
        nonlocal latest
        latest = (done, total)
        store()

    return on_progress


def _count_texts(version: DocumentVersion) -> int:
    """The number of passages and sentences, which are indexed next."""
    return version.passage_count + Sentence.objects.filter(passage__version=version).count()
