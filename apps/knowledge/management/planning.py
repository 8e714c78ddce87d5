"""Says what loading files would do, without a change."""

from __future__ import annotations

from apps.common.errors import AppError, Code
from apps.knowledge.documents.originals import Unreadable, digest_of
from apps.knowledge.documents.parsed_document import FailureCode
from apps.knowledge.ingestion.folders import SourceFile
from apps.knowledge.ingestion.paths import clean_path
from apps.knowledge.ingestion.refusals import broken_rule
from apps.knowledge.ingestion.submission import published_version
from apps.knowledge.management.load_report import ReportRow, failed_row
from apps.knowledge.models import LISTED, Collection, Document


def planned_row(collection: Collection | None, source: SourceFile) -> ReportRow:
    """What would become of the file: new, changed, unchanged or failed. Without a collection every file is new.

    A file that is damaged or has no text is only noticed when it is read.
    """
    try:
        path = clean_path(source.path)
        with source.open() as file:
            sha256, size = digest_of(file)
    except Unreadable:
        return failed_row(source.path, FailureCode.UNREADABLE)
    except AppError as error:
        if error.code != Code.TOO_LONG:
            raise
        return failed_row(source.path, FailureCode.LONG_NAME)
    if rule := broken_rule(path, size):
        return failed_row(path, rule)
    return ReportRow(path, _state(collection, path, sha256))


def _state(collection: Collection | None, path: str, sha256: str) -> str:
    if collection is None or not Document.objects.filter(LISTED, collection=collection, path=path).exists():
        return "new"
    return "unchanged" if published_version(collection, path, sha256) else "changed"
