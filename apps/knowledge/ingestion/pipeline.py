"""The ingestion of files: claim, read, encode, publish. Any number of workers may run it at the same time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from django.db import OperationalError

from apps.common.disk_space import has_reserve
from apps.common.errors import AppError, Code
from apps.knowledge.documents.parsed_document import FailureCode, ParseError
from apps.knowledge.index.reembedding import ensure_current_encoder
from apps.knowledge.ingestion.extraction import extract_draft
from apps.knowledge.ingestion.indexing import (
    WINDOW_PASSAGES,
    Draft,
    OnEncoded,
    index_window,
    keep_alive,
    load_draft,
    publish_draft,
)
from apps.knowledge.ingestion.lease import LeaseLost, begin_again_later, claim, fail, put_aside, release_all
from apps.knowledge.models import Collection, Ingestion, IngestionState

logger = logging.getLogger(__name__)


class Pipeline:
    """Ingests files of one collection; a window of them is encoded together.

    `ignore_attempt_limit` also claims files with too many failed attempts. `must_yield` is called between windows and
    tells whether the rest of a long file must wait for its next turn.
    """

    def __init__(
        self,
        *,
        ignore_attempt_limit: bool = False,
        on_encoded: OnEncoded = lambda done, total: None,
        must_yield: Callable[[], bool] = lambda: False,
    ) -> None:
        self._ignore_attempt_limit = ignore_attempt_limit
        self._on_encoded = on_encoded
        self._must_yield = must_yield
        self._window: list[Draft] = []
        self._reading: Ingestion | None = None

    def run(self, ingestion_ids: Iterable[int]) -> int:
        """Takes the ids one by one; returns how many were claimed. Files that another worker holds are skipped."""
        claimed = 0
        with self._releasing_on_error():
            for ingestion_id in ingestion_ids:
                claimed += self._add(ingestion_id)
                if self._passages() >= WINDOW_PASSAGES:
                    self._finish_window()
            self._finish_window()
        return claimed

    @contextmanager
    def _releasing_on_error(self) -> Iterator[None]:
        """Returns all claimed files to the queue if an error ends the work."""
        with ExitStack() as unless_it_ends:
            unless_it_ends.callback(self._release_claimed)
            yield
            unless_it_ends.pop_all()

    def _release_claimed(self) -> None:
        release_all([draft.ingestion for draft in self._window])
        release_all([self._reading] if self._reading else [])

    def _add(self, ingestion_id: int) -> bool:
        """False when it could not be claimed."""
        if not _may_begin(ingestion_id):
            return False
        self._reading = claim(ingestion_id, ignore_attempt_limit=self._ignore_attempt_limit)
        if self._reading is None:
            return False
        if draft := _drafted(self._reading, self._keep_window_alive):
            self._window.append(draft)
        self._reading = None
        return True

    def _passages(self) -> int:
        return sum(draft.version.passage_count - draft.ingestion.indexed_passages for draft in self._window)

    def _finish_window(self) -> None:
        while self._window:
            self._index()
            self._window = [draft for draft in self._window if not _is_done(draft)]
            if self._window and (self._must_yield() or not has_reserve()):
                for draft in self._window:
                    put_aside(draft.ingestion)
                self._window = []

    def _index(self) -> None:
        waiting = [draft for draft in self._window if not draft.is_indexed]
        with suppress(LeaseLost):  # each lost draft has been marked
            if waiting:
                index_window(waiting, self._on_encoded)

    def _keep_window_alive(self) -> None:
        with suppress(LeaseLost):
            keep_alive(self._window)


def ingest_many(ingestion_ids: Iterable[int]) -> None:
    """Work on these files of one collection until all are final."""
    Pipeline().run(ingestion_ids)


def _may_begin(ingestion_id: int) -> bool:
    """False while another worker re-embeds the collection, or without the reserve of free disk space. The file waits,
    and no attempt is counted.
    """
    if not has_reserve():
        return False
    collection = Collection.objects.filter(ingestions=ingestion_id).first()
    return collection is not None and ensure_current_encoder(collection)


def _drafted(ingestion: Ingestion, meanwhile: Callable[[], None]) -> Draft | None:
    """The draft, read now or in an earlier turn; None if the file failed or the lease was lost."""
    try:
        if ingestion.state == IngestionState.INDEXING:
            return load_draft(ingestion)
        version = extract_draft(ingestion, meanwhile)
        ingestion.refresh_from_db(fields=["state", "total", "progress", "indexed_passages"])
        return Draft(ingestion, version, 0)
    except ParseError as error:
        logger.info("ingestion %s failed: %s", ingestion.uid, error)
        _fail(ingestion, error.code)
    except LeaseLost:
        _log_lost(ingestion)
    except AppError as error:
        if error.code is not Code.STORAGE_FULL:
            raise
        begin_again_later(ingestion)
    except (OperationalError, OSError) as error:  # the machine's problem, not the file's
        if not _exceeds_database_limits(error):
            raise
        logger.exception("ingestion %s failed", ingestion.uid)
        _fail(ingestion, FailureCode.OVERSIZED)
    except Exception:  # a boundary: one file must not stop the others
        logger.exception("ingestion %s failed", ingestion.uid)
        _fail(ingestion, FailureCode.MALFORMED)
    return None


def _exceeds_database_limits(error: Exception) -> bool:
    """Whether PostgreSQL can never store the value, so that a retry is useless."""
    return str(getattr(error.__cause__, "sqlstate", "")).startswith("54")


def _is_done(draft: Draft) -> bool:
    """Whether the draft was published, or its lease was lost."""
    if draft.is_lost:
        _log_lost(draft.ingestion)
        return True
    if not draft.is_indexed:
        return False
    try:
        publish_draft(draft)
    except LeaseLost:
        _log_lost(draft.ingestion)
    return True


def _fail(ingestion: Ingestion, code: FailureCode) -> None:
    try:
        fail(ingestion, code)
    except LeaseLost:
        _log_lost(ingestion)


def _log_lost(ingestion: Ingestion) -> None:
    logger.info("ingestion %s was cancelled or taken over", ingestion.uid)
