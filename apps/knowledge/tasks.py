"""Celery's way into the services. Each may run twice. Their names are addresses in queues: they stay."""

from __future__ import annotations

from celery import shared_task

from apps.knowledge.index.cleaning import clean_versions as clean
from apps.knowledge.index.outbox import project_outbox as project
from apps.knowledge.index.reembedding import reembed_collections
from apps.knowledge.ingestion.requeueing import requeue_stale
from apps.knowledge.ingestion.turns import take_turn


@shared_task
def ingest_file(ingestion_id: int) -> None:
    """Work on the files of whichever workspace's turn it is: `ingestion_id` says only that one has come."""
    take_turn()


@shared_task(name="apps.knowledge.tasks.sweep_ingestions")
def requeue_ingestions() -> None:
    requeue_stale()


@shared_task(name="apps.knowledge.tasks.adopt_encoders")
def reembed() -> None:
    reembed_collections()


@shared_task
def clean_versions() -> None:
    clean()


@shared_task
def project_outbox() -> None:
    project()
