"""What is published after the commit when a file moves on: ids only; whoever listens reads the row again."""

from __future__ import annotations

from apps.common.events import Event, collection_group, publish
from apps.knowledge.models import Collection, Ingestion, IngestionState
from apps.knowledge.signals import collection_ingested

OPEN_STATES = (IngestionState.QUEUED, IngestionState.READING, IngestionState.INDEXING)


def notify_ingestion_changed(ingestion: Ingestion) -> None:
    """To the sockets that watch the collection's files."""
    publish(collection_group(ingestion.collection.uid), Event("ingestion.changed", str(ingestion.uid)))


def notify_if_last(ingestion: Ingestion) -> None:
    """Call it after a file was published: sends `collection_ingested` when no other one is on its way."""
    others = Ingestion.objects.filter(collection=ingestion.collection_id, state__in=OPEN_STATES)
    if not others.exists():
        collection_ingested.send(sender=Collection, collection_id=ingestion.collection_id)
