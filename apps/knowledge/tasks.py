"""Celery's way into the services. Each may run twice."""

from __future__ import annotations

from celery import shared_task

from apps.knowledge.index import outbox as projection
from apps.knowledge.index import reembedding as reencoding
from apps.knowledge.ingestion.pipeline import ingest_many
from apps.knowledge.ingestion.requeueing import requeue_stale


@shared_task
def ingest_file(ingestion_id: int) -> None:
    ingest_many([ingestion_id])


@shared_task
def sweep_ingestions() -> None:
    requeue_stale()


@shared_task
def adopt_encoders() -> None:
    reencoding.adopt_encoders()


@shared_task
def project_outbox() -> None:
    projection.project_outbox()
