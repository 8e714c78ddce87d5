"""Live passages: those of published versions of documents in a scope that are not deleted. Only they can be found."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from apps.knowledge.index.scope import Scope, Snapshot
from apps.knowledge.models import DocumentVersion, Passage, VersionState

LIVE_VERSION = {"state": VersionState.PUBLISHED, "document__deleted_at": None}
LIVE_PASSAGE = {f"version__{key}": value for key, value in LIVE_VERSION.items()}


def live_passages(scope: Scope) -> QuerySet[Passage]:
    return Passage.objects.filter(
        workspace_id=scope.workspace_id, collection_id__in=scope.collection_ids, **LIVE_PASSAGE
    )


def live_versions(workspace_id: int, encoder_digest: str) -> QuerySet[DocumentVersion]:
    """Live versions in the workspace's collections that use that encoder."""
    return DocumentVersion.objects.filter(
        workspace_id=workspace_id, document__collection__encoder_digest=encoder_digest, **LIVE_VERSION
    )


def snapshot_of(scope: Scope) -> Snapshot:
    """The scope as it is now. Runs one small query."""
    return Snapshot(**{**vars(scope), "store_version": store_version(scope.workspace_id)})


def store_version(workspace_id: int) -> int:
    """The number of changes of the workspace's live passages so far. Equal numbers mean equal passages.

    It does not use the ORM, because every question runs it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM knowledge_storestate WHERE workspace_id = %s", [workspace_id])
        row = cursor.fetchone()
    return row[0] if row else 0
