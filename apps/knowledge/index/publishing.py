"""Switches a document from one version to the next. What readers see changes in one short transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F, Subquery
from django.db.models.functions import Coalesce, Now

from apps.common.db import transition
from apps.common.queue import enqueue
from apps.knowledge.index.list_keys import search_text, sort_key
from apps.knowledge.index.term_statistics import (
    TERMS_AT_ONCE,
    CountingLost,
    VersionTerms,
    count_terms,
    finish_count,
    version_terms,
)
from apps.knowledge.models import (
    CollectionStatistic,
    Document,
    DocumentVersion,
    FaqEntry,
    OutboxEntry,
    StoreState,
    VersionState,
)

CLEAN_TASK = "apps.knowledge.tasks.clean_versions"
CLEAN_EXPIRES = 60  # seconds; the task also runs periodically
PREPARE_FAQ_TASK = "apps.knowledge.tasks.prepare_faq"
PASSAGES_AT_ONCE = 500  # of a version whose terms are taken away in the transaction that retires it


class VersionGone(Exception):
    """The version was deleted or published by another worker, or its document was deleted."""


@dataclass(frozen=True)
class Retirement:
    """A published version that is to be taken out of every answer, with its terms unless they are too many."""

    version: DocumentVersion
    terms: VersionTerms | None


def publish_version(version: DocumentVersion, also: Callable[[], None] = lambda: None) -> None:
    """Replace the document's published version by this draft, or publish the last version of a document again whose
    deletion is taken back; `also` runs in the same transaction.

    The terms of a long document are counted before, in transactions of their own. Raises VersionGone, and what `also`
    raises.
    """
    counted, old = version_terms(version), prepare_retirement(version.document)
    try:
        count_terms(counted, until=max(0, len(counted.terms) - TERMS_AT_ONCE))
        with transaction.atomic():
            also()
            _switch(version, counted, old)
    except CountingLost as error:
        raise VersionGone from error


def prepare_retirement(document: Document) -> Retirement | None:
    """Read what `retire` needs, before the transaction; None when nothing of the document is published."""
    published = DocumentVersion.objects.filter(document=document, state=VersionState.PUBLISHED)
    version = published.defer("text", "layout").select_related("document").first()
    if version is None:
        return None
    is_short = version.terms_counted <= TERMS_AT_ONCE and version.passage_count <= PASSAGES_AT_ONCE
    return Retirement(version, version_terms(version) if is_short else None)


def retire(old: Retirement, store_version: int) -> None:
    """Call it inside a transaction. Raises VersionGone when another version was published meanwhile."""
    version = old.version
    published = DocumentVersion.objects.filter(pk=version.pk, state=VersionState.PUBLISHED)
    if not transition(published, state=VersionState.RETIRED, live_until=store_version):
        raise VersionGone
    Document.objects.filter(pk=version.document_id).update(published_at=None)
    _add_totals(version, -1)
    if old.terms is None:
        enqueue(CLEAN_TASK, expires=CLEAN_EXPIRES)
    else:
        _uncount(old.terms)
    project_again(version.workspace_id, [version.pk])


def retire_published(document: Document) -> None:
    """Take the document's published version, if there is one, out of every answer. Raises VersionGone."""
    old = prepare_retirement(document)
    if old is not None:
        with transaction.atomic():
            retire(old, bump_store(document.workspace_id))


def list_version(version: DocumentVersion) -> None:
    """Copy what lists of documents show of the published version to its document."""
    path = version.document.path
    pages = version.metadata.get("pages")  # a string is an author's, from the head of a Markdown file
    Document.objects.filter(pk=version.document_id).update(
        title=version.title,
        media_type=version.media_type,
        original_bytes=version.original_bytes,
        page_count=pages if isinstance(pages, int) else 0,
        passage_count=version.passage_count,
        version_number=version.number,
        published_at=Subquery(DocumentVersion.objects.filter(pk=version.pk).values("published_at")),
        search_text=search_text(version.title, path),
        sort_key=sort_key(version.title, path),
    )


def bump_store(workspace_id: int) -> int:
    """The next store version. Locks the workspace's other publishers out until the transaction ends."""
    StoreState.objects.get_or_create(workspace_id=workspace_id)
    state = StoreState.objects.filter(workspace_id=workspace_id)
    state.update(version=F("version") + 1)
    return state.get().version


def project_again(workspace_id: int, version_ids: Iterable[int]) -> None:
    """A store outside the database learns of the change through the outbox; the local one reads the tables."""
    if settings.QUOTH_STORE != "local":
        OutboxEntry.objects.bulk_create(
            OutboxEntry(workspace_id=workspace_id, version_id=pk) for pk in version_ids
        )
        enqueue("apps.knowledge.tasks.project_outbox", expires=30)


def _switch(version: DocumentVersion, counted: VersionTerms, old: Retirement | None) -> None:
    store_version = bump_store(version.workspace_id)
    if not Document.objects.filter(pk=version.document_id, deleted_at=None).exists():
        raise VersionGone
    if old is not None:
        retire(old, store_version)
        if FaqEntry.objects.filter(source_version=old.version).exists():
            enqueue(PREPARE_FAQ_TASK, version.document.collection_id, expires=CLEAN_EXPIRES)
    elif DocumentVersion.objects.filter(document=version.document, state=VersionState.PUBLISHED).exists():
        raise VersionGone
    before = DocumentVersion.objects.filter(pk=version.pk, state=version.state)
    live = {"state": VersionState.PUBLISHED, "live_from": store_version, "live_until": None}
    if not transition(before, published_at=Coalesce("published_at", Now()), **live):
        raise VersionGone
    finish_count(counted, len(counted.terms))
    list_version(version)
    _add_totals(version, 1)
    project_again(version.workspace_id, [version.pk])


def _uncount(terms: VersionTerms) -> None:
    try:
        finish_count(terms, 0)
    except CountingLost as error:
        raise VersionGone from error


def _add_totals(version: DocumentVersion, sign: int) -> None:
    collection_id, workspace_id = version.document.collection_id, version.workspace_id
    CollectionStatistic.objects.get_or_create(collection_id=collection_id, workspace_id=workspace_id)
    CollectionStatistic.objects.filter(collection=collection_id).update(
        documents=F("documents") + sign,
        passages=F("passages") + sign * version.passage_count,
        terms=F("terms") + sign * version.length,
        changed_at=Now(),
    )
