"""Access-checked reads of collections, documents and FAQs: each takes the viewer, and a stranger finds nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Lower

from apps.accounts.models import Role
from apps.accounts.selectors import EDITING_ROLES, workspaces_for
from apps.accounts.viewer import Viewer
from apps.common.errors import NotFound
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


def collections_for(viewer: Viewer, *, editing: bool = False) -> QuerySet[Collection]:
    """Collections the viewer may ask: public ones, and those of their workspaces; with `editing`, may change. An API
    key reaches those of its workspace alone.
    """
    if viewer.workspace is not None:
        return Collection.objects.filter(workspace__in=workspaces_for(viewer, editing=editing))
    roles = EDITING_ROLES if editing else tuple(Role)
    mine = Q(workspace__memberships__user=viewer.user, workspace__memberships__role__in=roles)
    public = Q(is_public=True, workspace__is_operator=True)
    if viewer.user is None:
        return Collection.objects.none() if editing else Collection.objects.filter(public)
    return Collection.objects.filter(mine if editing else mine | public).distinct()


def may_ask(viewer: Viewer, collection: Collection, *, editing: bool = False) -> bool:
    """The rule of `collections_for` for one collection that is loaded with its workspace.

    Every question is checked four times; as part of other queries the rule took most of their time.
    """
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
    """Collections the viewer may ask, by name; one query, in which no document is counted."""
    rows = collections_for(viewer).order_by(Lower("name"), "pk")
    figures = ("statistic__documents", "statistic__passages", "statistic__changed_at")
    return [
        ListedCollection(uid, name, CollectionStats(documents or 0, passages or 0, changed_at))
        for uid, name, documents, passages, changed_at in rows.values_list("uid", "name", *figures)
    ]


def collection_stats(collection: Collection) -> CollectionStats:
    """One row, maintained as documents are published and deleted."""
    rows = CollectionStatistic.objects.filter(collection=collection)
    figures = rows.values_list("documents", "passages", "changed_at").first()
    return CollectionStats(*figures) if figures else CollectionStats()


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


def documents_of(collection: Collection) -> QuerySet[Document]:
    """Documents of the collection that can be read: published and not deleted."""
    return Document.objects.filter(LISTED, collection=collection)


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
