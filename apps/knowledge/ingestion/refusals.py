"""Files that are refused before anything of them is stored: each leaves a row that says why, until it is removed."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from apps.accounts.models import User
from apps.common.disk_space import check_reserve
from apps.common.errors import AppError, Code
from apps.knowledge.config import upload_config
from apps.knowledge.documents.parsed_document import FailureCode, ParseError
from apps.knowledge.documents.quota import check_quota
from apps.knowledge.ingestion.notifications import notify_ingestion_changed
from apps.knowledge.ingestion.paths import clean_path, shortened_path
from apps.knowledge.models import Collection, Ingestion, IngestionState
from apps.knowledge.parsing.detect import listed_format

REASONS = {
    Code.TOO_LONG: FailureCode.LONG_NAME,
    Code.QUOTA: FailureCode.OVER_QUOTA,
    Code.STORAGE_FULL: FailureCode.NO_ROOM,
}


def broken_rule(path: str, size: int) -> FailureCode | None:
    """What a file's name or size is refused for, wherever it comes from."""
    try:
        listed_format(path)
    except ParseError as error:
        return error.code
    return FailureCode.OVERSIZED if size > upload_config().max_bytes else None


def reason_to_refuse(collection: Collection, path: str, size: int) -> FailureCode | None:
    """Why a file of this name and size could not be uploaded now. Raises AppError for one without a name."""
    try:
        rule = broken_rule(clean_path(path), size)
        if rule is None:
            check_quota(collection.workspace, size)
            check_reserve(size)
    except AppError as error:
        if error.code not in REASONS:
            raise
        return REASONS[error.code]
    return rule


@transaction.atomic
def record_refusal(
    collection: Collection, path: str, size: int, code: FailureCode, uploaded_by: User | None
) -> Ingestion:
    """A failed row without a stored file; it replaces an earlier one of the same path."""
    place = {"collection": collection, "path": shortened_path(path)}
    Ingestion.objects.filter(**place, state=IngestionState.FAILED, original="").delete()
    ingestion = Ingestion.objects.create(
        **place,
        workspace=collection.workspace,
        uploaded_by=uploaded_by,
        original_bytes=size,
        state=IngestionState.FAILED,
        reason=code.value,
        finished_at=Now(),
    )
    notify_ingestion_changed(ingestion)
    return ingestion
