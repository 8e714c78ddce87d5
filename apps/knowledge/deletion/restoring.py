"""Takes back the deletion of a document: its last version is published again."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.common.db import transition
from apps.common.errors import AppError, Code, NotFound
from apps.knowledge.deletion.grace import can_be_restored
from apps.knowledge.documents.originals import Original
from apps.knowledge.index.publishing import VersionGone, publish_version
from apps.knowledge.ingestion.digest import passages_digest
from apps.knowledge.ingestion.submission import Submission, submit
from apps.knowledge.models import Document, DocumentVersion, Ingestion, IngestionState, VersionState

ATTEMPTS = 3
TAKEN = _(
    "A document with this file name has been loaded since. Delete that one first, and then restore this one."
)
BUSY = _("This document is being changed right now. Try again in a minute.")


def restore_document(document: Document) -> None:
    """It is listed and searched again, at once, or after it was read again if the encoder has changed meanwhile.

    Raises NotFound when the grace period is over, and AppError. One that has been restored already stays as it is.
    """
    for _attempt in range(ATTEMPTS):
        if Document.objects.filter(pk=document.pk, deleted_at=None).exists():
            return None
        with suppress(VersionGone):  # its terms are being counted by another process
            return _restore(document)
    raise AppError(Code.CONFLICT, BUSY)


def _restore(document: Document) -> None:
    if Document.objects.filter(collection=document.collection, path=document.path, deleted_at=None).exists():
        raise AppError(Code.CONFLICT, TAKEN)
    version = _last_version(document)
    try:
        if version is not None and _is_current(version):
            publish_version(version, partial(_undelete, document))
        else:
            _read_again(document, version)
    except IntegrityError as error:  # another document was loaded at this moment
        raise AppError(Code.CONFLICT, TAKEN) from error


def _last_version(document: Document) -> DocumentVersion | None:
    """The one that was published when the document was deleted."""
    rows = document.versions.filter(state=VersionState.RETIRED).order_by("-live_until", "-number")
    return rows.defer("text", "layout").select_related("document__collection").first()


def _is_current(version: DocumentVersion) -> bool:
    """Whether its vectors were made by the encoder that the collection has now."""
    return version.passages_digest == passages_digest(version.document.collection.encoder_digest)


def _undelete(document: Document) -> None:
    if not transition(Document.objects.filter(can_be_restored(), pk=document.pk), deleted_at=None):
        raise NotFound


@transaction.atomic
def _read_again(document: Document, version: DocumentVersion | None) -> None:
    _undelete(document)
    if version is None:
        return
    original = Original(version.original, version.original_sha256, version.original_bytes)
    loaded = Ingestion.objects.filter(version=version, state=IngestionState.READY).select_related(
        "uploaded_by"
    )
    by = loaded.order_by("-pk").first()
    person = by.uploaded_by if by else None
    submit(Submission(document.collection, document.path, original, person), enqueue=True)
