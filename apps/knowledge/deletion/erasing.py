"""Erases deleted documents and collections for good when their grace period is over.

Everything happens in batches, so that no transaction is long, and may run twice, at a time too, and be interrupted: the
next run goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Now

from apps.accounts.models import Workspace
from apps.common.deleted_words import forget_deleted_words
from apps.common.deletion import ROWS_AT_ONCE, erase_with, forget_names_in_admin
from apps.knowledge.deletion.grace import is_to_be_erased
from apps.knowledge.documents.originals import let_go_of_originals
from apps.knowledge.index.embeddings import chunked
from apps.knowledge.index.publishing import VersionGone, retire_published
from apps.knowledge.index.unused_vectors import forget_unused_vectors
from apps.knowledge.models import (
    Collection,
    Document,
    DocumentPicture,
    Ingestion,
    IngestionState,
    OutboxEntry,
    VersionState,
)

DOCUMENTS_AT_ONCE = 200  # of one run
HAS_CONTENT = ~Q(path="")


def erase_deleted() -> int:
    """Returns how many documents and collections are gone now."""
    for rows in (Document.objects.filter(HAS_CONTENT), Collection.objects.all()):
        rows.filter(is_to_be_erased(), erased_at=None).update(
            erased_at=Now()
        )  # from now on not to be restored
    documents = Document.objects.filter(HAS_CONTENT, deleted_at__isnull=False, erased_at__isnull=False)
    erased = erase_documents(documents)
    for collection in Collection.objects.filter(erased_at__isnull=False).select_related("workspace"):
        erased += erase_collection(collection)
    if 0 < erased < DOCUMENTS_AT_ONCE:  # else the next run goes on
        forget_deleted_words()
    return erased


def erase_collection(collection: Collection) -> bool:
    """With everything in it. False if something is left for another run."""
    documents = Document.objects.filter(HAS_CONTENT, collection=collection)
    for document in documents.filter(published_at__isnull=False)[:DOCUMENTS_AT_ONCE]:
        with suppress(VersionGone):  # its terms are being counted by another process
            retire_published(document)
    erase_documents(documents)
    if documents.exists():
        return False
    let_go_of_originals(collection.workspace, [Ingestion.objects.filter(collection=collection)])
    pk, workspace_id = collection.pk, collection.workspace_id
    if not erase_with("collection", pk):
        return False
    forget_unused_vectors(workspace_id)
    forget_names_in_admin(Collection, [pk])
    return True


def erase_collections_of(workspace: Workspace) -> bool:
    """False if something is left for another run."""
    collections = Collection.objects.filter(workspace=workspace).select_related("workspace")
    gone = [erase_collection(collection) for collection in collections]
    return all(gone)


def erase_documents(rows: QuerySet[Document]) -> int:
    """Returns how many of them have no content left. Those wait that another task still works on."""
    chosen = rows.order_by("workspace", "pk").select_related("workspace")[:DOCUMENTS_AT_ONCE]
    erased = 0
    for workspace_id, documents in groupby(chosen, lambda document: document.workspace_id):
        if empty := [document for document in documents if _erase_content(document)]:
            forget_unused_vectors(workspace_id)
            _forget_names(empty)
            erased += len(empty)
    return erased


def _erase_content(document: Document) -> bool:
    """Its words must have left the statistics and the graph before, or else nobody could tell which they were."""
    versions = document.versions.all()
    in_use = versions.filter(Q(state=VersionState.PUBLISHED) | Q(terms_counted__gt=0)).exists()
    if in_use or OutboxEntry.objects.filter(version__document=document).exists():
        return False
    uploads, pictures = _uploads(document), DocumentPicture.objects.filter(version__document=document)
    let_go_of_originals(document.workspace, [versions, pictures, uploads])
    uploads.delete()
    return erase_with("document", document.pk)


def _uploads(document: Document) -> QuerySet[Ingestion]:
    """Also those that failed or were cancelled before it was deleted."""
    failed = Q(path=document.path, state=IngestionState.FAILED, created_at__lte=document.deleted_at or Now())
    read = Q(version__in=document.versions.values("pk"))
    return Ingestion.objects.filter(read | failed, collection=document.collection_id)


def _forget_names(documents: Sequence[Document]) -> None:
    for collection in {document.collection_id for document in documents}:
        erase_with("some_documents", collection)
    forget_names_in_admin(Document, [document.pk for document in documents])
    for some in chunked(documents, ROWS_AT_ONCE):
        Document.objects.filter(pk__in=[document.pk for document in some]).update(
            path="",
            title="",
            media_type="",
            search_text="",
            sort_key="",
            original_bytes=0,
            page_count=0,
            passage_count=0,
            deleted_at=Coalesce("deleted_at", Now()),
            erased_at=Coalesce("erased_at", Now()),
        )
