"""The doorbell of the upload page: a file moved on. Ids only; the page reads the row again."""

from __future__ import annotations

from apps.common.events import Event, collection_group, publish
from apps.knowledge.models import Ingestion


def notify_ingestion_changed(ingestion: Ingestion) -> None:
    publish(collection_group(ingestion.collection.uid), Event("ingestion.changed", str(ingestion.uid)))
