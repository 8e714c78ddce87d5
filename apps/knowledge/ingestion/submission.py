"""A file at the door: new, unchanged, or on its way already."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from apps.accounts.models import User
from apps.common.config import config
from apps.common.queue import enqueue as send
from apps.knowledge.documents.originals import Original
from apps.knowledge.ingestion.digest import passages_digest
from apps.knowledge.ingestion.lease import OPEN_STATES, claimable, close
from apps.knowledge.ingestion.notifications import ingestion_changed
from apps.knowledge.models import Collection, DocumentVersion, Ingestion, IngestionState, VersionState
from apps.knowledge.parsing.document import FailureCode

TASK_EXPIRES = 600  # seconds; the sweeper sends again


@dataclass(frozen=True)
class Intake:
    """`original` has no name when the file was too large to keep."""

    collection: Collection
    path: str
    original: Original
    uploaded_by: User | None


def take_in(intake: Intake, *, enqueue: bool) -> Ingestion:
    try:
        return _take_in(intake, enqueue=enqueue)
    except IntegrityError:  # another file of this path was let in at this moment: now it is found
        return _take_in(intake, enqueue=enqueue)


@transaction.atomic
def _take_in(intake: Intake, *, enqueue: bool) -> Ingestion:
    same = open_of(intake.collection, intake.path).filter(original_sha256=intake.original.sha256).first()
    if same is not None and not _is_worn_out(same):
        return same
    cancel_open(intake.collection, intake.path, FailureCode.SUPERSEDED)
    ingestion = _row(intake)
    ingestion.save()
    ingestion_changed(ingestion)
    if enqueue and ingestion.state == IngestionState.QUEUED:
        send("apps.knowledge.tasks.ingest_file", ingestion.pk, expires=TASK_EXPIRES)
    return ingestion


def cancel_open(collection: Collection, path: str, code: FailureCode) -> None:
    """Call it inside a transaction."""
    for ingestion in open_of(collection, path):
        close(ingestion, code)


def open_of(collection: Collection, path: str) -> QuerySet[Ingestion]:
    rows = Ingestion.objects.filter(collection=collection, path=path, state__in=OPEN_STATES)
    return rows.select_related("collection", "workspace")


def _is_worn_out(ingestion: Ingestion) -> bool:
    """It broke off as often as it may: someone who brings it again gets fresh attempts."""
    return claimable().filter(pk=ingestion.pk, attempt__gte=config().uploads.max_attempts).exists()


def _row(intake: Intake) -> Ingestion:
    ingestion = Ingestion(
        workspace=intake.collection.workspace,
        collection=intake.collection,
        uploaded_by=intake.uploaded_by,
        path=intake.path,
        original=intake.original.name,
        original_sha256=intake.original.sha256,
        original_bytes=intake.original.size,
    )
    if not intake.original.name:
        ingestion.state, ingestion.reason = IngestionState.FAILED, FailureCode.OVERSIZED.value
    elif published := _published(intake):
        ingestion.state, ingestion.version, ingestion.unchanged = IngestionState.READY, published, True
    if ingestion.state != IngestionState.QUEUED:
        ingestion.finished_at = Now()
    return ingestion


def _published(intake: Intake) -> DocumentVersion | None:
    """The live version, if it was built from these bytes by today's rules."""
    return DocumentVersion.objects.filter(
        document__collection=intake.collection,
        document__path=intake.path,
        state=VersionState.PUBLISHED,
        original_sha256=intake.original.sha256,
        passages_digest=passages_digest(intake.collection.encoder_digest),
    ).first()
