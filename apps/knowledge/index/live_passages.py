"""What may be found: passages of published versions of documents that are not deleted, inside a scope."""

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
    """Of the workspace's collections built with that encoder."""
    return DocumentVersion.objects.filter(
        workspace_id=workspace_id, document__collection__encoder_digest=encoder_digest, **LIVE_VERSION
    )


def snapshot_of(scope: Scope) -> Snapshot:
    """The scope as it is now; one small query."""
    return Snapshot(**{**vars(scope), "store_version": store_version(scope.workspace_id)})


def store_version(workspace_id: int) -> int:
    """Number of changes of the workspace's live passages so far: equal numbers mean equal passages.

    Without the ORM: every question asks for it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM knowledge_storestate WHERE workspace_id = %s", [workspace_id])
        row = cursor.fetchone()
    return row[0] if row else 0
