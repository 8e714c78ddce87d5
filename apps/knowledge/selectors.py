"""Access-checked reads of collections, documents and FAQs: each takes the viewer, and a stranger finds nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import (
    Case,
    Count,
    Exists,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Lower

from apps.accounts.models import Role
from apps.accounts.selectors import EDITING_ROLES, workspaces_for
from apps.accounts.viewer import Viewer
from apps.accounts.workspaces.memberships import own_memberships
from apps.common.errors import NotFound
from apps.knowledge.deletion.grace import can_be_restored
from apps.knowledge.faq.sources import ANSWERS
from apps.knowledge.index.scope import Scope
from apps.knowledge.models import (
    LISTED,
    Collection,
    CollectionStatistic,
    Document,
    DocumentVersion,
    FaqEntry,
    FaqWording,
    Ingestion,
    VersionState,
)


@dataclass(frozen=True)
class CollectionStats:
    """What a collection holds; `changed_at` is None where nothing was ever published."""

    documents: int = 0
    passages: int = 0
    changed_at: datetime | None = None


@dataclass(frozen=True)
class ListedCollection:
    uid: uuid.UUID
    name: str
    stats: CollectionStats


PUBLIC = Q(is_public=True, workspace__is_operator=True)


def collections_for(viewer: Viewer, *, editing: bool = False) -> QuerySet[Collection]:
    """Collections the viewer may ask: public ones, and those of their workspaces; with `editing`, may change. An API
    key reaches those of its workspace alone.
    """
    present = Collection.objects.filter(deleted_at=None, workspace__deleted_at=None)
    if viewer.workspace is not None:
        return present.filter(workspace__in=workspaces_for(viewer, editing=editing))
    roles = EDITING_ROLES if editing else tuple(Role)
    mine = Q(workspace__memberships__user=viewer.user, workspace__memberships__role__in=roles)
    if viewer.user is None:
        return present.none() if editing else present.filter(PUBLIC)
    return present.filter(mine if editing else mine | PUBLIC).distinct()


def collections_at_hand(viewer: Viewer) -> QuerySet[Collection]:
    """What lists offer of the collections that the viewer may ask: public ones, and those of the current workspace."""
    if viewer.user is None:
        return collections_for(viewer)
    current = own_memberships(viewer.user).values("workspace")[:1]
    present = Collection.objects.filter(deleted_at=None, workspace__deleted_at=None)
    return present.filter(Q(workspace=Subquery(current)) | PUBLIC)


def deleted_collections_for(viewer: Viewer) -> QuerySet[Collection]:
    """Those that the viewer may restore, the last deleted one first."""
    rows = Collection.objects.filter(can_be_restored(), workspace__in=workspaces_for(viewer, editing=True))
    return rows.order_by("-deleted_at", "-pk")


def deleted_collection_for(viewer: Viewer, uid: uuid.UUID) -> Collection:
    """Also one that has been restored. Raises NotFound."""
    found = deleted_collections_for(viewer).filter(uid=uid).first()
    return found or collection_for(viewer, uid, editing=True)


def may_ask(viewer: Viewer, collection: Collection, *, editing: bool = False) -> bool:
    """The rule of `collections_for` for one collection that is loaded with its workspace.

    Every question is checked four times; as part of other queries the rule took most of their time.
    """
    if collection.deleted_at is not None or collection.workspace.deleted_at is not None:
        return False
    is_open = collection.is_public and collection.workspace.is_operator and not editing
    if is_open and viewer.workspace is None:
        return True
    return workspaces_for(viewer, editing=editing).filter(pk=collection.workspace_id).exists()


def collection_for(viewer: Viewer, uid: uuid.UUID, *, editing: bool = False) -> Collection:
    """Raises NotFound for a stranger as for a missing one."""
    collection = Collection.objects.filter(uid=uid).select_related("workspace").first()
    if collection is None or not may_ask(viewer, collection, editing=editing):
        raise NotFound
    return collection


def listed_collections(viewer: Viewer) -> list[ListedCollection]:
    """Collections at hand, by name; one query, in which no document is counted."""
    rows = collections_at_hand(viewer).order_by(Lower("name"), "pk")
    figures = ("statistic__documents", "statistic__passages", "statistic__changed_at")
    return [
        ListedCollection(uid, name, CollectionStats(documents or 0, passages or 0, changed_at))
        for uid, name, documents, passages, changed_at in rows.values_list("uid", "name", *figures)
    ]


def collection_stats(*collections: Collection) -> CollectionStats:
    """Of all of them together. One row each, maintained as documents are published and deleted."""
    rows = CollectionStatistic.objects.filter(collection__in=collections)
    figures = rows.aggregate(Sum("documents"), Sum("passages"), Max("changed_at"))
    documents, passages, changed_at = figures.values()
    return CollectionStats(documents or 0, passages or 0, changed_at)


def scope_of(collection: Collection) -> Scope:
    """The permission to search, from a collection that a selector returned."""
    return Scope(
        collection.workspace_id,
        (collection.pk,),
        (str(collection.uid),),
        collection.encoder,
        collection.encoder_digest,
        collection.faq_version,
    )


def scope_of_all(collections: Sequence[Collection]) -> Scope:
    """As `scope_of`, for at least one collection, all of one workspace. While one of them is being moved to another
    encoder, the scope names no encoder, and cannot be searched yet.
    """
    scopes = [scope_of(collection) for collection in collections]
    encoders = {(scope.encoder, scope.encoder_digest) for scope in scopes}
    return replace(
        scopes[0],
        collection_ids=tuple(pk for scope in scopes for pk in scope.collection_ids),
        collection_uids=tuple(uid for scope in scopes for uid in scope.collection_uids),
        encoder_digest=scopes[0].encoder_digest if len(encoders) == 1 else "",
        faq_version=sum(scope.faq_version for scope in scopes),
    )


def documents_of(collection: Collection) -> QuerySet[Document]:
    """Documents of the collection that can be read: published and not deleted."""
    return Document.objects.filter(LISTED, collection=collection)


def deleted_documents_of(collection: Collection) -> QuerySet[Document]:
    """Those that can still be restored, the last deleted one first."""
    return Document.objects.filter(can_be_restored(), collection=collection).order_by("-deleted_at", "-pk")


def deleted_document_for(viewer: Viewer, uid: uuid.UUID) -> Document:
    """One that the viewer may restore, or that has been restored. Raises NotFound."""
    rows = Document.objects.filter(can_be_restored() | Q(deleted_at=None), uid=uid)
    mine = rows.filter(collection__in=collections_for(viewer, editing=True))
    document = mine.select_related("collection__workspace").first()
    if document is None:
        raise NotFound
    return document


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


def faq_entry_for(viewer: Viewer, collection: uuid.UUID, uid: uuid.UUID) -> FaqEntry:
    """An approved answer of a collection that the viewer may change, with its wordings. Raises NotFound."""
    home = collection_for(viewer, collection, editing=True)
    rows = FaqEntry.objects.filter(collection=home, uid=uid).select_related("collection__workspace")
    entry = rows.prefetch_related(Prefetch("wordings", FaqWording.objects.order_by("position"))).first()
    if entry is None:
        raise NotFound
    return entry


def faq_entries_of(collection: Collection) -> QuerySet[FaqEntry]:
    """All approved answers, by their first wording, which is their `title`; `number` counts their wordings, `has_quote`
    is false if their quote is no longer in its document.
    """
    wordings = FaqWording.objects.filter(entry=OuterRef("pk"))
    return (
        FaqEntry.objects.filter(collection=collection)
        .annotate(
            title=Subquery(wordings.filter(position=0).values("text")[:1]),
            number=Count("wordings"),
            is_prepared=~Exists(wordings.exclude(encoder_digest=collection.encoder_digest)),
            has_quote=Case(When(ANSWERS, then=Value(True)), default=Value(False)),
        )
        .order_by(Lower("title"), "pk")
    )
