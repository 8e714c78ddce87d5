"""Deleted documents and collections, for those who may restore them."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.viewer import viewer_of_request
from apps.common.errors import AppError, Code
from apps.knowledge.config import document_config
from apps.knowledge.deletion import collections, restoring
from apps.knowledge.deletion.grace import grace_period
from apps.knowledge.models import Collection, Document
from apps.knowledge.pages.paging import CountedRows, page_of, pager_of
from apps.knowledge.selectors import (
    collection_for,
    deleted_collection_for,
    deleted_collections_for,
    deleted_document_for,
    deleted_documents_of,
)


@login_required
@require_safe
def deleted_collections(request: HttpRequest) -> HttpResponse:
    rows = deleted_collections_for(viewer_of_request(request))
    page = page_of(CountedRows(rows, rows.count(), _with_end), request.GET.get("page", ""))
    return render(request, "knowledge/deleted_collections.html", _context(request, page))


@require_safe
def deleted_documents(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    home = collection_for(viewer_of_request(request), uid, editing=True)
    rows = deleted_documents_of(home)
    page = page_of(CountedRows(rows, rows.count(), _with_end), request.GET.get("page", ""))
    return render(
        request, "knowledge/deleted_documents.html", {"collection": home, **_context(request, page)}
    )


@require_POST
def restore_collection(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    shown = deleted_collection_for(viewer_of_request(request), uid)
    collections.restore_collection(shown)
    messages.success(request, _("%(name)s has been restored.") % {"name": shown.name})
    return redirect("collection", uid)


@require_POST
def restore_document(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    shown = deleted_document_for(viewer_of_request(request), uid)
    try:
        restoring.restore_document(shown)
    except AppError as error:
        if error.code is not Code.CONFLICT:
            raise
        messages.error(request, str(error.message))
        return redirect("deleted_documents", shown.collection.uid)
    messages.success(request, _("%(name)s has been restored.") % {"name": shown.name})
    return redirect("collection", shown.collection.uid)


def _context(request: HttpRequest, page: Page[Any]) -> dict[str, object]:
    days = document_config().deleted_days
    return {"page": page, "pager": pager_of(page, request.GET, "page"), "days": days}


def _with_end(row: Collection | Document) -> dict[str, object]:
    assert row.deleted_at is not None  # as the selector has checked
    return {"row": row, "erased_at": row.deleted_at + grace_period()}
