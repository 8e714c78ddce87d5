"""Collections and their files as the pages list them. What comes in was returned by a selector."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Lower
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.viewer import Viewer
from apps.knowledge.documents.media_types import PDF
from apps.knowledge.models import (
    Collection,
    CollectionStatistic,
    DocumentVersion,
    Ingestion,
    IngestionState,
    VersionState,
)
from apps.knowledge.parsing.failures import is_retryable, sentence_for
from apps.knowledge.selectors import collections_for, documents_of

OPEN_STATES = (IngestionState.QUEUED, IngestionState.READING, IngestionState.INDEXING)
ORDER = {
    IngestionState.READING: 0,
    IngestionState.INDEXING: 0,
    IngestionState.QUEUED: 1,
    IngestionState.FAILED: 2,
    IngestionState.READY: 3,
}


@dataclass(frozen=True)
class CollectionEntry:
    uid: uuid.UUID
    name: str
    documents: int

    @property
    def url(self) -> str:
        return reverse("collection", args=[self.uid])


@dataclass(frozen=True)
class CollectionStats:
    """What a collection holds; `changed_at` is None while it is empty."""

    documents: int
    passages: int
    changed_at: datetime | None


@dataclass(frozen=True)
class _Published:
    document: uuid.UUID
    number: int
    size: int
    published_at: datetime
    media_type: str
    pages: int | None
    passages: int


@dataclass(frozen=True)
class FileRow:
    """A file of a collection. `ingestion` and `document` are uids, "" where there is none."""

    path: str
    state: str
    label: str
    detail: str
    passages: int | None
    changed_at: datetime
    ingestion: str
    document: str
    may_retry: bool = False

    @property
    def has_failed(self) -> bool:
        return self.state == IngestionState.FAILED

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


def collection_entries(viewer: Viewer) -> list[CollectionEntry]:
    """Collections the viewer may ask, by name."""
    counted = collections_for(viewer).annotate(
        live=Count(
            "documents__versions",
            filter=Q(documents__deleted_at__isnull=True, documents__versions__state=VersionState.PUBLISHED),
            distinct=True,
        )
    )
    rows = counted.order_by(Lower("name"), "pk").values_list("uid", "name", "live")
    return [CollectionEntry(*row) for row in rows]


def collection_stats(collection: Collection) -> CollectionStats:
    live = DocumentVersion.objects.filter(
        document__collection=collection, document__deleted_at__isnull=True, state=VersionState.PUBLISHED
    ).aggregate(documents=Count("pk"), changed_at=Max("published_at"))
    passages = (
        CollectionStatistic.objects.filter(collection=collection).values_list("passages", flat=True).first()
    )
    return CollectionStats(live["documents"], passages or 0, live["changed_at"])


def file_rows(collection: Collection, *, arriving: bool) -> list[FileRow]:
    """Documents by path; with `arriving`, what is on its way in stands before them, as it came, then what failed."""
    coming = {row.path: row for row in _latest(collection)} if arriving else {}
    published = _published(collection)
    paths = {path for path, row in coming.items() if row.state != IngestionState.READY} | set(published)
    rows = [_row(path, coming.get(path), published.get(path)) for path in paths]
    return sorted(rows, key=_order)


def _order(row: FileRow) -> tuple[int, float, str]:
    return ORDER[IngestionState(row.state)], row.changed_at.timestamp() if row.is_open else 0, row.path


def _latest(collection: Collection) -> QuerySet[Ingestion]:
    """The last attempt at each path."""
    last = (
        Ingestion.objects.filter(collection=collection).values("path").annotate(last=Max("pk")).values("last")
    )
    return Ingestion.objects.filter(pk__in=last)


def _published(collection: Collection) -> dict[str, _Published]:
    live = DocumentVersion.objects.filter(document__in=documents_of(collection), state=VersionState.PUBLISHED)
    columns = (
        "document__path", "document__uid", "number", "original_bytes", "published_at", "media_type",
        "metadata__pages", "count",
    )  # fmt: skip
    rows = live.annotate(count=Count("passages")).values_list(*columns)
    return {path: _Published(*rest) for path, *rest in rows}


def _row(path: str, arriving: Ingestion | None, published: _Published | None) -> FileRow:
    """The arriving file says how far it is until it is ready; then the document speaks for itself."""
    if arriving is not None and arriving.state != IngestionState.READY:
        state, detail, moment = (
            arriving.state,
            _progress(arriving),
            arriving.finished_at or arriving.created_at,
        )
    else:
        assert published is not None
        state, detail, moment = IngestionState.READY.value, _about(published), published.published_at
    return FileRow(
        path=path,
        state=state,
        label=str(IngestionState(state).label),
        detail=detail,
        passages=published.passages if published else None,
        changed_at=moment,
        ingestion=str(arriving.uid) if arriving else "",
        document=str(published.document) if published else "",
        may_retry=state == IngestionState.FAILED and arriving is not None and is_retryable(arriving.reason),
    )


def _progress(arriving: Ingestion) -> str:
    if arriving.state == IngestionState.FAILED:
        return str(sentence_for(arriving.reason, arriving.path))
    figures = {"done": arriving.progress, "total": arriving.total}
    if arriving.state == IngestionState.READING and arriving.total:
        return _("Reading page %(done)s of %(total)s") % figures
    if arriving.state == IngestionState.INDEXING and arriving.total:
        return _("Indexing %(done)s of %(total)s sentences and passages") % figures
    return ""


def _about(published: _Published) -> str:
    parts = [filesizeformat(published.size)]
    if published.media_type == PDF and published.pages:
        parts.append(ngettext("%(n)d page", "%(n)d pages", published.pages) % {"n": published.pages})
    if published.number > 1:
        parts.append(_("version %(number)s") % {"number": published.number})
    return ", ".join(parts)
