"""Notifications after the commit when the state of a file changes. They contain only ids; listeners read the row."""

from __future__ import annotations

from apps.common.events import Event, collection_group, publish
from apps.knowledge.models import OPEN_STATES, Collection, Ingestion
from apps.knowledge.signals import collection_ingested


def notify_ingestion_changed(ingestion: Ingestion) -> None:
    """To the sockets that watch the collection's files."""
    publish(collection_group(ingestion.collection.uid), Event("ingestion.changed", str(ingestion.uid)))


def notify_if_last(ingestion: Ingestion) -> None:
    """Call it after a file was published: sends `collection_ingested` if no other file of the collection is open."""
    others = Ingestion.objects.filter(collection=ingestion.collection_id, state__in=OPEN_STATES)
    if not others.exists():
        collection_ingested.send(sender=Collection, collection_id=ingestion.collection_id)
