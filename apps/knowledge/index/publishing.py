"""The switch from one version of a document to the next: what readers see changes in one transaction."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Now

from apps.common.db import transition
from apps.common.queue import enqueue
from apps.knowledge.index.term_statistics import count_version
from apps.knowledge.models import Document, DocumentVersion, OutboxEntry, StoreState, VersionState


class VersionGone(Exception):
    """The draft was deleted or published by another worker, or its document was deleted."""


def publish_version(version: DocumentVersion) -> None:
    """Replace the document's published version by this draft. Call it inside a transaction. Raises VersionGone."""
    store_version = bump_store(version.workspace_id)
    if not Document.objects.filter(pk=version.document_id, deleted_at=None).exists():
        raise VersionGone
    _retire(version.document, store_version)
    draft = DocumentVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT)
    if not transition(draft, state=VersionState.PUBLISHED, live_from=store_version, published_at=Now()):
        raise VersionGone
    count_version(version, 1)
    project_again(version.workspace_id, [version.pk])


def retire_published(document: Document) -> None:
    """Take the document out of every answer. Call it inside a transaction."""
    _retire(document, bump_store(document.workspace_id))


def bump_store(workspace_id: int) -> int:
    """The next store version. Locks the workspace's other publishers out until the transaction ends."""
    StoreState.objects.get_or_create(workspace_id=workspace_id)
    state = StoreState.objects.filter(workspace_id=workspace_id)
    state.update(version=F("version") + 1)
    return state.get().version


def project_again(workspace_id: int, version_ids: Iterable[int]) -> None:
    """A store outside the database hears of the change through the outbox; the local one reads the tables."""
    if settings.QUOTH_STORE != "local":
        OutboxEntry.objects.bulk_create(
            OutboxEntry(workspace_id=workspace_id, version_id=pk) for pk in version_ids
        )
        enqueue("apps.knowledge.tasks.project_outbox", expires=30)


def _retire(document: Document, store_version: int) -> None:
    old = DocumentVersion.objects.filter(document=document, state=VersionState.PUBLISHED).first()
    if old is None:
        return
    published = DocumentVersion.objects.filter(pk=old.pk, state=VersionState.PUBLISHED)
    if not transition(published, state=VersionState.RETIRED, live_until=store_version):
        raise VersionGone
    count_version(old, -1)
    project_again(old.workspace_id, [old.pk])
