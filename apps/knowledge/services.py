"""The write layer of the knowledge app. Callers pass objects that a selector returned."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import IO

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User, Workspace
from apps.common.db import transition
from apps.common.errors import AppError, Code
from apps.common.names import clean_name
from apps.knowledge.documents.originals import (
    Original,
    discard_after_failure,
    discard_originals,
    is_stored,
    lock_originals,
    size_of,
    store_original,
)
from apps.knowledge.documents.parsed_document import FailureCode
from apps.knowledge.documents.quota import check_quota
from apps.knowledge.index.publishing import (
    Retirement,
    VersionGone,
    bump_store,
    prepare_retirement,
    retire,
)
from apps.knowledge.index.reembedding import reembed_collection
from apps.knowledge.ingestion.lease import close
from apps.knowledge.ingestion.paths import clean_path
from apps.knowledge.ingestion.refusals import REASONS, broken_rule, reason_to_refuse, record_refusal
from apps.knowledge.ingestion.submission import Submission, cancel_open, is_there_already, submit
from apps.knowledge.models import (
    Collection,
    Document,
    DocumentVersion,
    Ingestion,
    IngestionState,
    VersionState,
)
from apps.models.config import default_encoder
from apps.models.inference.engine import get_encoder

DELETE_ATTEMPTS = 3


@dataclass(frozen=True)
class Upload:
    """`refusal` says why the file was refused after all, if it was."""

    ingestion: Ingestion
    refusal: AppError | None = None


def ensure_collection(
    workspace: Workspace, slug: str, *, name: str = "", is_public: bool = False
) -> Collection:
    """The collection of that short name, made if it is missing, with the encoder that quoth.yaml names today.

    `is_public` publishes an existing one and never hides it. Raises EncoderUnavailable, and AppError if there is no
    space to re-embed it.
    """
    encoder = default_encoder()
    defaults = {
        "name": clean_name(name) or slug,
        "encoder": encoder,
        "encoder_digest": get_encoder(encoder).digest,
    }
    collection, _made = Collection.objects.get_or_create(
        workspace=workspace, slug=slug, deleted_at=None, defaults=defaults
    )
    if is_public and not collection.is_public:
        collection.is_public = True
        collection.save(update_fields=["is_public"])
    reembed_collection(collection)
    return collection


def save_collection(collection: Collection) -> None:
    """Its name and who may ask it, as an administrator entered them."""
    collection.name = clean_name(collection.name)
    collection.save(update_fields=["name", "is_public"])


def request_ingest(
    collection: Collection,
    *,
    path: str,
    file: IO[bytes],
    uploaded_by: User | None = None,
    enqueue: bool = True,
) -> Ingestion:
    """Store the original and queue it; a caller who runs the pipeline itself does not enqueue.

    A file that is published already is ready at once, one on its way is not accepted twice, and one of an unsupported
    type or of more than the largest size has failed at once. Raises AppError and Unreadable, and then nothing is
    stored.
    """
    path = clean_path(path)
    size = size_of(file)
    if rule := broken_rule(path, size):
        return record_refusal(collection, path, size, rule, uploaded_by)
    original = store_original(collection.workspace, file)
    with ExitStack() as unless_it_is_submitted:
        unless_it_is_submitted.callback(discard_after_failure, collection.workspace, original)
        ingestion = _submit_stored(Submission(collection, path, original, uploaded_by), enqueue=enqueue)
        unless_it_is_submitted.pop_all()
    if ingestion is None:  # somebody removed the last file with these bytes at this moment
        return request_ingest(collection, path=path, file=file, uploaded_by=uploaded_by, enqueue=enqueue)
    return ingestion


def upload_file(collection: Collection, *, path: str, file: IO[bytes], uploaded_by: User | None) -> Upload:
    """As `request_ingest`; a file that is refused leaves a failed row. Raises AppError if it has no name."""
    try:
        return Upload(request_ingest(collection, path=path, file=file, uploaded_by=uploaded_by))
    except AppError as error:
        if error.code not in REASONS:
            raise
        row = record_refusal(collection, path, size_of(file), REASONS[error.code], uploaded_by)
        return Upload(row, error)


def report_refused(
    collection: Collection, files: Sequence[tuple[str, int]], *, uploaded_by: User
) -> list[Ingestion | None]:
    """A failed row for each file, by path and size, that a browser did not send; None for one to be accepted."""
    found = [(path, size, reason_to_refuse(collection, path, size)) for path, size in files]
    return [
        record_refusal(collection, path, size, code, uploaded_by) if code else None
        for path, size, code in found
    ]


@transaction.atomic
def _submit_stored(submission: Submission, *, enqueue: bool) -> Ingestion | None:
    """None when the original is not there any more. Raises AppError if there is not enough space."""
    lock_originals(submission.collection.workspace)
    if not is_stored(submission.original):
        return None
    if not is_there_already(
        submission
    ):  # under the lock, so that files sent at the same time count each other
        check_quota(submission.collection.workspace, submission.original.size)
    return submit(submission, enqueue=enqueue)


def retry_ingestion(ingestion: Ingestion) -> Ingestion:
    """A new attempt at a file that failed, from its stored original. Raises AppError."""
    if ingestion.state != IngestionState.FAILED:
        raise AppError(Code.CONFLICT, _("Only a file that failed can be tried again."))
    if not ingestion.original:
        raise AppError(
            Code.CONFLICT, _("This file was refused, so nothing of it is stored. Upload it again.")
        )
    original = Original(ingestion.original, ingestion.original_sha256, ingestion.original_bytes)
    return submit(
        Submission(ingestion.collection, ingestion.path, original, ingestion.uploaded_by), enqueue=True
    )


def restore_version(version: DocumentVersion, *, restored_by: User) -> Ingestion:
    """Read the stored file of a replaced version again; it becomes the newest version. Raises AppError."""
    if version.state != VersionState.RETIRED:
        raise AppError(Code.CONFLICT, _("This version is not replaced, so there is nothing to restore."))
    original = Original(version.original, version.original_sha256, version.original_bytes)
    document = version.document
    return submit(Submission(document.collection, document.path, original, restored_by), enqueue=True)


def cancel_ingestion(ingestion: Ingestion) -> bool:
    """False if it was final already."""
    with transaction.atomic():
        return close(ingestion, FailureCode.CANCELLED)


def dismiss_failed(ingestion: Ingestion) -> int:
    """Every failed attempt at the file's path with its original; how many there were. What is published there stays."""
    failed = Ingestion.objects.filter(
        collection=ingestion.collection, path=ingestion.path, state=IngestionState.FAILED
    )
    originals = set(failed.exclude(original="").values_list("original", flat=True))
    deleted: int = failed.delete()[0]
    discard_originals(ingestion.workspace, originals)
    return deleted


def delete_document(document: Document) -> bool:
    """Gone from every answer at once, earlier ones too; until it is erased, `restore_document` takes it back. False if
    it was deleted already.

    Raises AppError while new versions keep being published.
    """
    for _attempt in range(DELETE_ATTEMPTS):
        with suppress(VersionGone):  # one was published meanwhile
            return _delete(document, prepare_retirement(document))
    raise AppError(Code.CONFLICT, _("This document is being replaced right now. Try again in a minute."))


@transaction.atomic
def _delete(document: Document, published: Retirement | None) -> bool:
    cancel_open(document.collection, document.path, FailureCode.CANCELLED)
    alive = Document.objects.filter(pk=document.pk, deleted_at=None)
    if not transition(alive, deleted_at=Now()):
        return False
    store_version = bump_store(document.workspace_id)
    if published is not None:
        retire(published, store_version)
    elif document.versions.filter(state=VersionState.PUBLISHED).exists():
        raise VersionGone
    return True
