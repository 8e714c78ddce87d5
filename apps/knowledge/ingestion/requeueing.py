"""Files that a lost task or a dead worker has left behind are sent to the queue again."""

from __future__ import annotations

from django.db.models import Q

from apps.common.db import is_older_than
from apps.common.queue import enqueue
from apps.knowledge.ingestion.lease import claimable
from apps.knowledge.models import IngestionState

WAITS_TOO_LONG_SECONDS = 30
SWEPT_AT_ONCE = 50
EXPIRES = 15  # seconds: the next sweep sends again what was not taken


def requeue_stale() -> int:
    """Returns the number of files sent."""
    old = ~Q(state=IngestionState.QUEUED) | is_older_than("created_at", WAITS_TOO_LONG_SECONDS)
    ids = list(claimable().filter(old).order_by("pk").values_list("pk", flat=True)[:SWEPT_AT_ONCE])
    for ingestion_id in ids:
        enqueue("apps.knowledge.tasks.ingest_file", ingestion_id, expires=EXPIRES)
    return len(ids)
