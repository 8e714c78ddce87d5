from __future__ import annotations

import posixpath
import uuid
from dataclasses import asdict
from typing import IO, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import User
from apps.accounts.request_limits import limited
from apps.accounts.selectors import workspaces_to_fill
from apps.accounts.viewer import Viewer, viewer_of
from apps.common.errors import NotFound
from apps.common.templatetags.ui import count, date_words
from apps.common.views import wants_json
from apps.knowledge import services
from apps.knowledge.config import document_config
from apps.knowledge.models import Collection, Ingestion
from apps.knowledge.pages.document_page import document_page
from apps.knowledge.pages.forms import CollectionForm
from apps.knowledge.pages.listings import CollectionStats, FileRow, collection_stats, file_rows
from apps.knowledge.pages.rendering import TextRange
from apps.knowledge.pages.upload_rules import upload_rules
from apps.knowledge.pages.version_diff import compare_versions
from apps.knowledge.selectors import collection_for, collections_for, document_for, version_for

ROWS_ON_A_PAGE = 200


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_collection(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = CollectionForm(request.POST or None, workspaces=workspaces_to_fill(user))
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        made = services.ensure_collection(
            fields["workspace"], form.slug, name=fields["name"], is_public=fields.get("is_public", False)
        )
        return redirect("collection", made.uid)
    return render(
        request, "knowledge/new_collection.html", {"form": form}, status=400 if form.errors else 200
    )


@require_safe
def collection(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    shown = collection_for(_viewer(request), uid)
    may_edit = _may_edit(request, shown)
    rows = Paginator(file_rows(shown, arriving=may_edit), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "collection": shown,
        "summary": _summary(collection_stats(shown)),
        "rows": rows,
        "may_edit": may_edit,
        "is_alone": may_edit and shown.workspace.memberships.count() == 1,
        "rules": upload_rules(),
    }
    return render(request, "knowledge/collection.html", context)


@require_POST
def upload(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Files of a form; `path` keeps the folder of a single file, which browsers leave out of its name."""
    shown = collection_for(_viewer(request), uid, editing=True)
    files = request.FILES.getlist("files")
    alone = request.POST.get("path", "") if len(files) == 1 else ""
    for file in files:
        path = alone or file.name or ""
        services.request_ingest(
            shown, path=path, file=cast(IO[bytes], file), uploaded_by=cast(User, request.user)
        )
    if wants_json(request):
        return JsonResponse({"received": len(files)}, status=201)
    if files:
        messages.success(request, _received(len(files)))
    else:
        messages.error(request, _("No file was chosen."))
    return redirect("collection", uid)


@require_http_methods(["GET", "HEAD", "POST"])
def files_json(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The first rows of the collection's page, for a page that follows the progress, and those of each posted `path`.

    A file that has come to its end may stand behind the first rows. Posted, because paths are too long for an address.
    """
    shown = collection_for(_viewer(request), uid, editing=True)
    rows = file_rows(shown, arriving=True)
    named = set(request.POST.getlist("path"))
    told = rows[:ROWS_ON_A_PAGE] + [row for row in rows[ROWS_ON_A_PAGE:] if row.path in named]
    stats = collection_stats(shown)
    return JsonResponse(
        {
            "rows": [_row_json(shown, row) for row in told],
            "open": sum(row.is_open for row in rows),
            "summary": _summary(stats),
            "documents": count(stats.documents),
        }
    )


@require_POST
def retry(request: HttpRequest, uid: uuid.UUID, ingestion: uuid.UUID) -> HttpResponse:
    services.retry_ingestion(_ingestion(request, uid, ingestion))
    return redirect("collection", uid)


@require_POST
def cancel(request: HttpRequest, uid: uuid.UUID, ingestion: uuid.UUID) -> HttpResponse:
    services.cancel_ingestion(_ingestion(request, uid, ingestion))
    return redirect("collection", uid)


@require_POST
def remove(request: HttpRequest, uid: uuid.UUID, ingestion: uuid.UUID) -> HttpResponse:
    """A file that failed leaves the list."""
    services.dismiss_failed(_ingestion(request, uid, ingestion))
    return redirect("collection", uid)


@require_safe
def document(request: HttpRequest, uid: uuid.UUID, number: int | None = None) -> HttpResponse:
    """`?start=` and `?end=` mark a passage, `?part=` asks for a part of a long one."""
    version = version_for(_viewer(request), uid, number)
    start, end = _number(request, "start", -1), _number(request, "end", -1)
    mark = TextRange(start, end) if 0 <= start < end else None
    context = {
        "version": version,
        "collection": version.document.collection,
        "page": document_page(version, part=_number(request, "part", 0), mark=mark),
        "may_edit": _may_edit(request, version.document.collection),
    }
    return render(request, "knowledge/document.html", context)


@require_safe
@limited("changes", lambda: document_config().changes_per_minute)
def changes(request: HttpRequest, uid: uuid.UUID, older: int, newer: int) -> HttpResponse:
    """What the newer of two versions says otherwise than the older."""
    if older >= newer:
        raise NotFound
    viewer = _viewer(request)
    old, new = version_for(viewer, uid, older), version_for(viewer, uid, newer)
    context = {
        "older": old,
        "newer": new,
        "collection": new.document.collection,
        "comparison": compare_versions(old, new),
    }
    return render(request, "knowledge/changes.html", context)


@require_safe
@limited("originals", lambda: document_config().originals_per_minute)
def original(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """The file as it was loaded; to be saved, never shown: it may be a stranger's HTML."""
    version = version_for(_viewer(request), uid, number)
    with default_storage.open(version.original, "rb") as file:
        response = HttpResponse(file.read(), content_type="application/octet-stream")
    name = posixpath.basename(version.document.path)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    shown = document_for(_viewer(request), uid)
    home = collection_for(_viewer(request), shown.collection.uid, editing=True)
    if request.method != "POST":
        return render(request, "knowledge/delete.html", {"document": shown, "collection": home})
    services.delete_document(shown)
    messages.success(request, _("%(name)s is deleted.") % {"name": shown.path})
    return redirect("collection", home.uid)


def _viewer(request: HttpRequest) -> Viewer:
    return viewer_of(request.user, request.session)


def _may_edit(request: HttpRequest, shown: Collection) -> bool:
    return collections_for(_viewer(request), editing=True).filter(pk=shown.pk).exists()


def _ingestion(request: HttpRequest, uid: uuid.UUID, ingestion: uuid.UUID) -> Ingestion:
    home = collection_for(_viewer(request), uid, editing=True)
    return get_object_or_404(
        Ingestion.objects.select_related("collection__workspace"), collection=home, uid=ingestion
    )


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _summary(stats: CollectionStats) -> str:
    documents = ngettext("%(n)s document", "%(n)s documents", stats.documents)
    passages = ngettext("%(n)s passage", "%(n)s passages", stats.passages)
    return ", ".join(
        words % {"n": count(n)} for words, n in ((documents, stats.documents), (passages, stats.passages))
    )


def _received(files: int) -> str:
    words = ngettext(
        "%(n)s file has arrived. Its row says what becomes of it; load this page again to see how far it is.",
        "%(n)s files have arrived. Their rows say what becomes of them; load this page again to see how far they are.",
        files,
    )
    return words % {"n": count(files)}


def _row_json(shown: Collection, row: FileRow) -> dict[str, object]:
    return asdict(row) | {
        "changed": date_words(row.changed_at),
        "open_url": reverse("document", args=[row.document]) if row.document else "",
        "retry_url": reverse("retry", args=[shown.uid, row.ingestion]) if row.may_retry else "",
        "remove_url": reverse("remove", args=[shown.uid, row.ingestion]) if row.has_failed else "",
        "cancel_url": reverse("cancel", args=[shown.uid, row.ingestion]) if row.is_open else "",
    }
