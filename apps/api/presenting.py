"""Values that the serializers of collections, versions and files write."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import Workspace
from apps.accounts.selectors import EDITING_ROLES
from apps.accounts.viewer import Viewer
from apps.knowledge.models import Collection, CollectionStatistic, DocumentVersion, Ingestion, VersionState
from apps.knowledge.parsing.failures import sentence_for


@dataclass(frozen=True)
class WorkspaceView:
    uid: uuid.UUID
    name: str
    role: str | None
    may_edit: bool


@dataclass(frozen=True)
class CollectionView:
    uid: uuid.UUID
    name: str
    workspace_id: uuid.UUID
    is_public: bool
    may_edit: bool
    documents: int
    passages: int
    changed_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class VersionView:
    row: DocumentVersion

    def __getattr__(self, name: str) -> object:
        return getattr(self.row, name)

    @property
    def is_current(self) -> bool:
        return self.row.state == VersionState.PUBLISHED


def workspace_views(viewer: Viewer, workspaces: Iterable[Workspace]) -> list[WorkspaceView]:
    """Workspaces of `workspaces_for`; one query."""
    shown = list(workspaces)
    roles = _roles(viewer)
    return [
        WorkspaceView(each.uid, each.name, roles.get(each.pk), _may_edit(viewer, roles, each.pk))
        for each in shown
    ]


def collection_views(viewer: Viewer, collections: Sequence[Collection]) -> list[CollectionView]:
    """Collections of a selector, with their workspaces; two queries."""
    figures = {
        row.collection_id: row for row in CollectionStatistic.objects.filter(collection__in=collections)
    }
    roles = _roles(viewer)
    return [
        _collection(each, figures.get(each.pk), may_edit=_may_edit(viewer, roles, each.workspace_id))
        for each in collections
    ]


def collection_view(viewer: Viewer, collection: Collection) -> CollectionView:
    return collection_views(viewer, [collection])[0]


@dataclass(frozen=True)
class IngestionView:
    uid: uuid.UUID
    collection: Collection
    path: str
    state: str
    progress: int
    total: int
    reason: str
    detail: str
    document_id: uuid.UUID | None
    unchanged: bool
    created_at: datetime
    finished_at: datetime | None


def ingestion_view(ingestion: Ingestion) -> IngestionView:
    """As it is stored now; one query."""
    row = (
        Ingestion.objects.select_related("collection", "version__document")
        .defer("version__text")
        .get(pk=ingestion.pk)
    )
    return IngestionView(
        uid=row.uid,
        collection=row.collection,
        path=row.path,
        state=row.state,
        progress=row.progress,
        total=row.total,
        reason=row.reason,
        detail=str(sentence_for(row.reason, row.path)) if row.reason else "",
        document_id=row.version.document.uid if row.version else None,
        unchanged=row.unchanged,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def _roles(viewer: Viewer) -> dict[int, str]:
    return dict(viewer.user.memberships.values_list("workspace_id", "role")) if viewer.user else {}


def _may_edit(viewer: Viewer, roles: dict[int, str], workspace: int) -> bool:
    if viewer.workspace is not None:
        return viewer.workspace.editing and viewer.workspace.workspace_id == workspace
    return roles.get(workspace) in EDITING_ROLES


def _collection(row: Collection, figures: CollectionStatistic | None, *, may_edit: bool) -> CollectionView:
    return CollectionView(
        uid=row.uid,
        name=row.name,
        workspace_id=row.workspace.uid,
        is_public=row.is_public,
        may_edit=may_edit,
        documents=figures.documents if figures else 0,
        passages=figures.passages if figures else 0,
        changed_at=figures.changed_at if figures else None,
        created_at=row.created_at,
    )
