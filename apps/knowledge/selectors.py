"""The only doors to collections and documents: each takes the viewer, and a stranger finds nothing."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from apps.accounts.models import Role
from apps.accounts.selectors import EDITING_ROLES, workspaces_for
from apps.accounts.viewer import Viewer
from apps.common.errors import NotFound
from apps.knowledge.index.scope import Scope
from apps.knowledge.models import Collection, Document, DocumentVersion, Ingestion, VersionState


def collections_for(viewer: Viewer, *, editing: bool = False) -> QuerySet[Collection]:
    """Collections the viewer may ask: public ones, and those of their workspaces; with `editing`, may change."""
    roles = EDITING_ROLES if editing else tuple(Role)
    mine = Q(workspace__memberships__user=viewer.user, workspace__memberships__role__in=roles)
    public = Q(is_public=True, workspace__is_operator=True)
    if viewer.user is None:
        return Collection.objects.none() if editing else Collection.objects.filter(public)
    return Collection.objects.filter(mine if editing else mine | public).distinct()


def may_ask(viewer: Viewer, collection: Collection, *, editing: bool = False) -> bool:
    """The rule of `collections_for`, for one that is at hand with its workspace: every question meets it four times,
    and as a part of other queries it took most of their time.
    """
    if collection.is_public and collection.workspace.is_operator and not editing:
        return True
    return workspaces_for(viewer, editing=editing).filter(pk=collection.workspace_id).exists()


def collection_for(viewer: Viewer, uid: uuid.UUID, *, editing: bool = False) -> Collection:
    """Raises NotFound for a stranger as for a missing one."""
    collection = Collection.objects.filter(uid=uid).select_related("workspace").first()
    if collection is None or not may_ask(viewer, collection, editing=editing):
        raise NotFound
    return collection


def scope_of(collection: Collection) -> Scope:
    """The permission to search, from a collection that a selector returned."""
    return Scope(
        collection.workspace_id,
        (collection.pk,),
        (str(collection.uid),),
        collection.encoder,
        collection.encoder_digest,
    )


def documents_of(collection: Collection) -> QuerySet[Document]:
    """Documents of the collection that can be read: published and not deleted."""
    return Document.objects.filter(
        collection=collection, deleted_at__isnull=True, versions__state=VersionState.PUBLISHED
    )


def document_for(viewer: Viewer, uid: uuid.UUID) -> Document:
    """Raises NotFound for a stranger, a deleted and a missing one alike."""
    mine = Document.objects.filter(uid=uid, deleted_at__isnull=True, collection__in=collections_for(viewer))
    document = mine.select_related("collection", "workspace").first()
    if document is None:
        raise NotFound
    return document


def version_for(viewer: Viewer, document_uid: uuid.UUID, number: int | None = None) -> DocumentVersion:
    """A published or replaced version of a document; the published one without a number. Raises NotFound.

    Its text is read only where it is asked for: it may have 20 million characters.
    """
    versions = document_for(viewer, document_uid).versions.exclude(state=VersionState.DRAFT)
    wanted = Q(state=VersionState.PUBLISHED) if number is None else Q(number=number)
    version = versions.filter(wanted).select_related("document__collection").defer("text").first()
    if version is None:
        raise NotFound
    return version


def ingestion_for(viewer: Viewer, uid: uuid.UUID) -> Ingestion:
    """A file on its way into a collection that the viewer may change. Raises NotFound."""
    mine = Ingestion.objects.filter(uid=uid, collection__in=collections_for(viewer, editing=True))
    ingestion = mine.first()
    if ingestion is None:
        raise NotFound
    return ingestion
