"""The files of a collection that are on their way or have failed, as its page lists them for editors."""

from __future__ import annotations

import uuid
from collections.abc import Collection as Sized
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.db.models import BigIntegerField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.common.disk_space import has_reserve
from apps.common.templatetags.ui import count
from apps.knowledge.documents.parsed_document import CHARSET, PICTURES_LEFT_OUT, UNRELIABLE, FailureCode
from apps.knowledge.ingestion.lease import WORKING_STATES
from apps.knowledge.models import OPEN_STATES, Collection, Ingestion, IngestionState
from apps.knowledge.pages.paging import CountedRows, Pager, page_of, pager_of
from apps.knowledge.pages.row_tag import row_tag
from apps.knowledge.parsing.failures import WITHDRAWN, is_retryable, sentence_for

COLUMNS = (
    "uid", "path", "state", "reason", "progress", "total", "created_at", "finished_at", "version__document__uid",
    f"version__metadata__{CHARSET}", f"version__metadata__{UNRELIABLE}",
    f"version__metadata__{PICTURES_LEFT_OUT}",
)  # fmt: skip
SENDING = "sending"  # the state of a file that the browser has not sent yet
CANCELLED = "cancelled"  # shown instead of "failed" for a file that has no fault


@dataclass(frozen=True)
class UploadRow:
    """`uid` is None for a file that the server does not know; `document` is None until it is ready."""

    uid: uuid.UUID | None
    path: str
    state: str
    label: str
    detail: str
    changed_at: datetime | None
    document: uuid.UUID | None = None
    may_retry: bool = False

    @property
    def may_remove(self) -> bool:
        return self.state in (IngestionState.FAILED, CANCELLED)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def tag(self) -> str:
        return row_tag(self)


@dataclass(frozen=True)
class UploadList:
    """`open`, `failed` and `cancelled` count all such files of the collection, not only those of the page."""

    page: Page[UploadRow]
    pager: Pager
    open: int
    failed: int
    cancelled: int


def upload_list(collection: Collection, params: QueryDict) -> UploadList:
    """Files that are being worked on, then those that wait, as they came, then those that failed, the latest first."""
    rows = Ingestion.objects.filter(collection=collection)
    waiting, ended = rows.filter(state__in=OPEN_STATES), rows.filter(_has_failed())
    has_fault = ~Q(reason__in=list(WITHDRAWN))
    ends = ended.aggregate(failed=Count("pk", filter=has_fault), cancelled=Count("pk", filter=~has_fault))
    still_open = waiting.count()
    shown = CountedRows(_sorted(waiting | ended), still_open + sum(ends.values()), lambda row: _row(*row))
    page = page_of(shown, params.get("uploads", ""))
    return UploadList(page, pager_of(page, params, "uploads"), still_open, **ends)


def uploads_named(collection: Collection, uids: Sized[uuid.UUID]) -> list[UploadRow]:
    """As they are now; those are missing that were removed, or replaced by a newer copy of the file."""
    rows = Ingestion.objects.filter(collection=collection, uid__in=uids)
    current = rows.filter(Q(state__in=OPEN_STATES) | ~Exists(_later())) if uids else rows.none()
    return [_row(*row) for row in current.values_list(*COLUMNS)]


def upload_row(ingestion: Ingestion) -> UploadRow:
    return _row(*Ingestion.objects.filter(pk=ingestion.pk).values_list(*COLUMNS).get())


def sending_row() -> UploadRow:
    """What the page's script shows while it sends a file."""
    return UploadRow(None, "", SENDING, _("Sending"), "", None)


def unsent_row() -> UploadRow:
    """What the page's script shows when a file did not arrive."""
    detail = _("This file could not be sent. Check your connection and try again.")
    label = str(IngestionState.FAILED.label)
    return UploadRow(None, "", IngestionState.FAILED.value, label, detail, None, may_retry=True)


def _has_failed() -> Q:
    """The last attempt at its path."""
    return Q(~Exists(_later()), state=IngestionState.FAILED)


def _later() -> QuerySet[Ingestion]:
    return Ingestion.objects.filter(
        collection=OuterRef("collection"), path=OuterRef("path"), pk__gt=OuterRef("pk")
    )


def _sorted(rows: QuerySet[Ingestion]) -> QuerySet[Ingestion, tuple[Any, ...]]:
    rank = Case(
        When(state__in=WORKING_STATES, then=Value(0)),
        When(state=IngestionState.QUEUED, then=Value(1)),
        default=Value(2),
    )
    order = Case(
        When(state=IngestionState.FAILED, then=-F("pk")), default=F("pk"), output_field=BigIntegerField()
    )
    return rows.order_by(rank, order).values_list(*COLUMNS)


def _row(
    uid: uuid.UUID,
    path: str,
    state: str,
    reason: str,
    progress: int,
    total: int,
    created_at: datetime,
    finished_at: datetime | None,
    document: uuid.UUID | None,
    *reading: Any,
) -> UploadRow:
    return UploadRow(
        uid=uid,
        path=path,
        state=CANCELLED if reason in WITHDRAWN else state,
        label=_label(state, reason),
        detail=sentence_for(reason, path) if reason else _progress(state, progress, total, *reading),
        changed_at=finished_at or created_at,
        document=document if state == IngestionState.READY else None,
        may_retry=state == IngestionState.FAILED and is_retryable(reason),
    )


def _label(state: str, reason: str) -> str:
    return str(WITHDRAWN[FailureCode(reason)] if reason in WITHDRAWN else IngestionState(state).label)


def _progress(
    state: str,
    done: int,
    total: int,
    charset: str | None,
    unreliable: int | None,
    left_out: str | int | None,
) -> str:
    if state in OPEN_STATES and not has_reserve():
        return _("Waiting for free disk space")
    figures = {"done": count(done), "total": count(total)}
    if state == IngestionState.READING and total:
        return _("Reading page %(done)s of %(total)s") % figures
    if state == IngestionState.INDEXING and total:
        return _("Indexing %(done)s of %(total)s sentences and passages") % figures
    if state == IngestionState.READY and charset:
        return _("Read as %(charset)s") % {"charset": charset}
    if state == IngestionState.READY and unreliable:
        return _("Parts of this file could not be read reliably. Quotes of them say so.")
    if state == IngestionState.READY and left_out:
        return ngettext(
            "%(count)s picture was left out. The document's page says why.",
            "%(count)s pictures were left out. The document's page says why.",
            int(left_out),
        ) % {"count": count(int(left_out))}
    return ""
