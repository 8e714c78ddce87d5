"""Files that a lost task or a dead worker has left behind are sent to the queue again."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from apps.common.queue import enqueue
from apps.knowledge.ingestion.lease import claimable
from apps.knowledge.models import IngestionState

WAITS_TOO_LONG = timedelta(seconds=30)
SWEPT_AT_ONCE = 50
EXPIRES = 15  # seconds: the next sweep sends again what was not taken


def requeue_stale() -> int:
    """Returns the number of files sent."""
    old = ~Q(state=IngestionState.QUEUED) | Q(created_at__lt=Now() - WAITS_TOO_LONG)
    ids = list(claimable().filter(old).order_by("pk").values_list("pk", flat=True)[:SWEPT_AT_ONCE])
    for ingestion_id in ids:
        enqueue("apps.knowledge.tasks.ingest_file", ingestion_id, expires=EXPIRES)
    return len(ids)
