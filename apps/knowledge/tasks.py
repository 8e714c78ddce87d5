"""Celery tasks that call the services. Each may run twice. Their names stay, because messages refer to them."""

from __future__ import annotations

from celery import shared_task

from apps.knowledge.deletion.erasing import erase_deleted
from apps.knowledge.faq.upkeep import prepare_faqs
from apps.knowledge.index.cleaning import clean_versions as clean
from apps.knowledge.index.outbox import project_outbox as project
from apps.knowledge.index.reembedding import reembed_collections
from apps.knowledge.ingestion.requeueing import requeue_stale
from apps.knowledge.ingestion.turns import take_turn


@shared_task
def ingest_file(ingestion_id: int) -> None:
    """Work on the files of the workspace whose turn it is. `ingestion_id` only announces a new file."""
    take_turn()


@shared_task(name="apps.knowledge.tasks.sweep_ingestions")
def requeue_ingestions() -> None:
    requeue_stale()


@shared_task(name="apps.knowledge.tasks.adopt_encoders")
def reembed() -> None:
    reembed_collections()


@shared_task
def prepare_faq(collection_id: int | None = None) -> None:
    """Without an id, for all collections."""
    prepare_faqs(collection_id)


@shared_task
def clean_versions() -> None:
    clean()


@shared_task(name="apps.knowledge.tasks.erase_deleted")
def erase() -> None:
    erase_deleted()


@shared_task
def project_outbox() -> None:
    project()
