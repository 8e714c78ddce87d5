"""The first half of the work on a file: from the original to a draft version with passages and sentences."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import PurePosixPath

from apps.common.config import config
from apps.knowledge.chunking.segment import segment
from apps.knowledge.documents.originals import local_original
from apps.knowledge.ingestion.drafts import DraftVersion, write_draft
from apps.knowledge.ingestion.lease import renew
from apps.knowledge.models import Ingestion, IngestionState
from apps.knowledge.parsing.document import ParsedDocument
from apps.knowledge.parsing.reader import DocumentReader

PROGRESS_SECONDS = 0.5

_reader: DocumentReader | None = None
_reader_lock = threading.Lock()


def read_draft(ingestion: Ingestion) -> DraftVersion:
    """Raises ParseError and LeaseLost."""
    document = _parse(ingestion)
    cuts = config().passages
    passages = segment(document, cuts.target_words, cuts.max_words)
    renew(ingestion, state=IngestionState.INDEXING, progress=0, total=0)
    return write_draft(ingestion, document, passages)


def shared_reader() -> DocumentReader:
    """One for this process; its child starts with the first file."""
    global _reader
    with _reader_lock:
        _reader = _reader or DocumentReader()
        return _reader


def throttled(ingestion: Ingestion) -> Callable[[int, int], None]:
    """Stores (done, total) and extends the lease, at most twice a second. It raises LeaseLost."""
    last = time.monotonic()

    def on_progress(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= PROGRESS_SECONDS or done == total:
            renew(ingestion, progress=done, total=total)
            last = time.monotonic()

    return on_progress


def _parse(ingestion: Ingestion) -> ParsedDocument:
    name = PurePosixPath(ingestion.path).name
    with local_original(ingestion.original) as path:
        return shared_reader().read(path, name, throttled(ingestion))
