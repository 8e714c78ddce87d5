"""Accepts an uploaded file: new, unchanged, or on its way already."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from apps.accounts.models import User
from apps.common.queue import enqueue as send
from apps.knowledge.config import upload_config
from apps.knowledge.documents.originals import Original
from apps.knowledge.documents.parsed_document import FailureCode
from apps.knowledge.ingestion.digest import passages_digest
from apps.knowledge.ingestion.lease import claimable, close
from apps.knowledge.ingestion.notifications import notify_ingestion_changed
from apps.knowledge.models import (
    OPEN_STATES,
    Collection,
    DocumentVersion,
    Ingestion,
    IngestionState,
    VersionState,
)

TASK_EXPIRES = 600  # seconds; a periodic task sends it again


@dataclass(frozen=True)
class Submission:
    collection: Collection
    path: str
    original: Original
    uploaded_by: User | None


def submit(submission: Submission, *, enqueue: bool) -> Ingestion:
    try:
        return _submit(submission, enqueue=enqueue)
    except IntegrityError:  # a file with this path was submitted at the same time: now it is found
        return _submit(submission, enqueue=enqueue)


def is_there_already(submission: Submission) -> bool:
    """Whether the same bytes at this path are published or on their way, so that nothing more is stored."""
    collection, path, sha256 = submission.collection, submission.path, submission.original.sha256
    return _same_open(submission) is not None or published_version(collection, path, sha256) is not None


def _same_open(submission: Submission) -> Ingestion | None:
    rows = open_of(submission.collection, submission.path)
    return rows.filter(original_sha256=submission.original.sha256).first()


@transaction.atomic
def _submit(submission: Submission, *, enqueue: bool) -> Ingestion:
    same = _same_open(submission)
    if same is not None and not _has_exhausted_attempts(same):
        return same
    cancel_open(submission.collection, submission.path, FailureCode.SUPERSEDED)
    ingestion = _row(submission)
    ingestion.save()
    notify_ingestion_changed(ingestion)
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


def _has_exhausted_attempts(ingestion: Ingestion) -> bool:
    """Whether it has failed too often. Someone who uploads it again gets new attempts."""
    return claimable().filter(pk=ingestion.pk, attempt__gte=upload_config().max_attempts).exists()


def _row(submission: Submission) -> Ingestion:
    ingestion = Ingestion(
        workspace=submission.collection.workspace,
        collection=submission.collection,
        uploaded_by=submission.uploaded_by,
        path=submission.path,
        original=submission.original.name,
        original_sha256=submission.original.sha256,
        original_bytes=submission.original.size,
    )
    if published := published_version(submission.collection, submission.path, submission.original.sha256):
        ingestion.state, ingestion.version, ingestion.unchanged = IngestionState.READY, published, True
        ingestion.finished_at = Now()
    return ingestion


def published_version(collection: Collection, path: str, sha256: str) -> DocumentVersion | None:
    """The live version at this path, if it was built from these bytes by the current rules."""
    return DocumentVersion.objects.filter(
        document__collection=collection,
        document__path=path,
        state=VersionState.PUBLISHED,
        original_sha256=sha256,
        passages_digest=passages_digest(collection.encoder_digest),
    ).first()
