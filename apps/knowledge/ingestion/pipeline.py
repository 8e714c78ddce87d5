"""A file's way in: claimed, read, encoded, published. Any number of workers may run this at once."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import OperationalError

from apps.knowledge.index.reembedding import ensure_current_encoder
from apps.knowledge.ingestion.drafts import DraftVersion
from apps.knowledge.ingestion.extraction import read_draft
from apps.knowledge.ingestion.heartbeat import Heartbeat
from apps.knowledge.ingestion.indexing import Encoded, encode_drafts, ignore_progress, publish_draft
from apps.knowledge.ingestion.lease import LeaseLost, claim, fail
from apps.knowledge.models import Collection, Ingestion
from apps.knowledge.parsing.document import FailureCode, ParseError

logger = logging.getLogger(__name__)

WINDOW_TEXTS = 2048  # small files are encoded together, so that each call fills its batches


def ingest_many(
    ingestion_ids: Iterable[int], *, ignore_attempt_limit: bool = False, on_encoded: Encoded = ignore_progress
) -> None:
    """Work on files of one collection; the ids are taken one by one. Those held by another worker are passed over.

    `patient` takes a file up however often it broke off.
    """
    window: list[DraftVersion] = []
    with Heartbeat() as heartbeat:
        for ingestion_id in ingestion_ids:
            ingestion = (
                claim(ingestion_id, ignore_attempt_limit=ignore_attempt_limit)
                if _may_begin(ingestion_id)
                else None
            )
            if ingestion and (draft := _read(ingestion, heartbeat)):
                window.append(draft)
            if sum(len(draft.texts) for draft in window) >= WINDOW_TEXTS:
                _finish(window, heartbeat, on_encoded)
                window = []
        _finish(window, heartbeat, on_encoded)


def _may_begin(ingestion_id: int) -> bool:
    """Not while another worker encodes the collection anew: the file waits, and no attempt is counted."""
    collection = Collection.objects.filter(ingestions=ingestion_id).first()
    return collection is not None and ensure_current_encoder(collection)


def _read(ingestion: Ingestion, heartbeat: Heartbeat) -> DraftVersion | None:
    heartbeat.hold(ingestion)
    try:
        return read_draft(ingestion)
    except ParseError as error:
        logger.info("ingestion %s failed: %s", ingestion.uid, error)
        _fail(ingestion, error.code)
    except LeaseLost:
        logger.info("ingestion %s was cancelled or taken over", ingestion.uid)
    except (OperationalError, OSError) as error:  # the machine's trouble, not the file's
        if not _is_beyond_limits(error):
            raise
        logger.exception("ingestion %s failed", ingestion.uid)
        _fail(ingestion, FailureCode.OVERSIZED)
    except Exception:  # an edge: one file must not keep the others out, however often the folder is loaded
        logger.exception("ingestion %s failed", ingestion.uid)
        _fail(ingestion, FailureCode.MALFORMED)
    heartbeat.drop(ingestion)
    return None


def _is_beyond_limits(error: Exception) -> bool:
    """PostgreSQL's class of errors for what it can never store: trying again would end the same."""
    return str(getattr(error.__cause__, "sqlstate", "")).startswith("54")


def _finish(window: list[DraftVersion], heartbeat: Heartbeat, on_encoded: Encoded) -> None:
    if window:
        encode_drafts(window, on_encoded)
    for draft in window:
        try:
            publish_draft(draft)
        except LeaseLost:
            logger.info("ingestion %s was cancelled or taken over", draft.ingestion.uid)
        heartbeat.drop(draft.ingestion)


def _fail(ingestion: Ingestion, code: FailureCode) -> None:
    try:
        fail(ingestion, code)
    except LeaseLost:
        logger.info("ingestion %s was cancelled or taken over", ingestion.uid)
