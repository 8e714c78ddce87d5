"""Retires the documents of a collection whose files are no longer in the folder that it mirrors."""

from __future__ import annotations

from collections.abc import Sequence

from apps.knowledge.ingestion.folders import FoundFiles
from apps.knowledge.ingestion.mirroring import missing_ingestions
from apps.knowledge.management.loading import Report, project_changes
from apps.knowledge.models import Collection, Document
from apps.knowledge.services import cancel_ingestion, delete_document, dismiss_failed


def retire_documents(
    collection: Collection, documents: Sequence[Document], found: FoundFiles, report: Report
) -> None:
    """Also cancels and removes uploads of earlier commands for files that are not found any more. Raises AppError."""
    for document in documents:
        delete_document(document)
    for ingestion in missing_ingestions(collection, found):
        cancel_ingestion(ingestion)
        dismiss_failed(ingestion)
    project_changes(report)
