from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import IO, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import User
from apps.accounts.selectors import EDITING_ROLES
from apps.accounts.viewer import viewer_of_request
from apps.accounts.workspaces.making import set_current
from apps.accounts.workspaces.memberships import (
    audience_of,
    membership_of,
    own_memberships,
    workspace_to_fill,
)
from apps.common.errors import AppError, Code
from apps.common.templatetags.ui import count
from apps.common.views import problem_response, wants_json
from apps.knowledge import services
from apps.knowledge.models import Collection, Ingestion
from apps.knowledge.pages.collection_page import collection_changes, collection_page, upload_html
from apps.knowledge.pages.forms import CollectionForm
from apps.knowledge.pages.upload_list import sending_row, unsent_row, upload_row
from apps.knowledge.pages.upload_rules import upload_rules
from apps.knowledge.selectors import collection_for

REFUSALS_AT_ONCE = 200
CREATED = 201


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_collection(request: HttpRequest) -> HttpResponse:
    """In the current workspace; where one may only ask, in one's own, which becomes the current one."""
    user = cast(User, request.user)
    home = workspace_to_fill(user)
    form = CollectionForm(request.POST or None, workspace=home)
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        made = services.ensure_collection(
            home, form.slug, name=fields["name"], is_public=fields.get("is_public", False)
        )
        set_current(user, home)
        return redirect("collection", made.uid)
    context = {"form": form, "home": home if own_memberships(user).count() > 1 else None}
    return render(request, "knowledge/new_collection.html", context, status=400 if form.errors else 200)


@require_safe
def collection(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """`?q=` searches the documents, `?sort=` sorts them, `?page=` and `?uploads=` are pages of the two lists."""
    viewer = viewer_of_request(request)
    shown = collection_for(viewer, uid)
    own = membership_of(viewer, shown.workspace)
    may_edit = own is not None and own.role in EDITING_ROLES
    context = {
        "collection": shown,
        "page": collection_page(shown, request.GET, may_edit=may_edit),
        "may_edit": may_edit,
        "own": own,
        "audience": audience_of(shown.workspace) if own else None,
        "rules": upload_rules(),
        "sending": sending_row(),
        "unsent": unsent_row(),
    }
    return render(request, "knowledge/collection.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def files_json(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What has changed on the collection's page, whose parameters the address repeats.

    The rows that the page shows are posted, because they are too many for an address.
    """
    shown = collection_for(viewer_of_request(request), uid, editing=True)
    return JsonResponse(collection_changes(shown, request.GET, request.POST))


@require_POST
def upload(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Files of a form; `path` keeps the folder of a single file, which browsers leave out of its name."""
    shown = collection_for(viewer_of_request(request), uid, editing=True)
    files = request.FILES.getlist("files")
    if not files:
        raise AppError(Code.INVALID, _("Choose a file first."))
    alone = request.POST.get("path", "") if len(files) == 1 else ""
    uploads = [
        services.upload_file(
            shown,
            path=alone or file.name or "",
            file=cast(IO[bytes], file),
            uploaded_by=cast(User, request.user),
        )
        for file in files
    ]
    return _upload_json(shown, uploads) if wants_json(request) else _upload_page(request, shown, uploads)


@require_POST
def refused(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Files, each by `path` and `size`, that the browser did not send because the server would refuse them.

    Answers with a row for each of them, null for one that it would accept.
    """
    shown = collection_for(viewer_of_request(request), uid, editing=True)
    sizes = [int(size) if size.isdecimal() and len(size) < 19 else 0 for size in request.POST.getlist("size")]
    files = list(zip(request.POST.getlist("path"), sizes, strict=False))[:REFUSALS_AT_ONCE]
    rows = services.report_refused(shown, files, uploaded_by=cast(User, request.user))
    return JsonResponse({"rows": [row and _row_json(shown, row) for row in rows]}, status=CREATED)


@require_POST
def retry(request: HttpRequest, uid: uuid.UUID, ingestion: uuid.UUID) -> HttpResponse:
    services.retry_ingestion(_ingestion(request, uid, ingestion))
    return _done(request, uid)


@require_POST
def cancel(request: HttpRequest, uid: uuid.UUID, ingestion: uuid.UUID) -> HttpResponse:
    services.cancel_ingestion(_ingestion(request, uid, ingestion))
    return _done(request, uid)


@require_POST
def remove(request: HttpRequest, uid: uuid.UUID, ingestion: uuid.UUID) -> HttpResponse:
    """Takes a failed file off the list."""
    services.dismiss_failed(_ingestion(request, uid, ingestion))
    return _done(request, uid)


def _upload_json(shown: Collection, uploads: Sequence[services.Upload]) -> HttpResponse:
    """Problem details if a file was refused; the row is there in any case."""
    body = {"received": len(uploads)} | _row_json(shown, uploads[-1].ingestion)
    refusal = next((upload.refusal for upload in uploads if upload.refusal), None)
    if refusal is None:
        return JsonResponse(body, status=CREATED)
    return problem_response(refusal, row=body["row"], uid=body["uid"])


def _upload_page(request: HttpRequest, shown: Collection, uploads: Sequence[services.Upload]) -> HttpResponse:
    refusal = next((upload.refusal for upload in uploads if upload.refusal), None)
    if refusal is not None:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _received(len(uploads)))
    return redirect("collection", shown.uid)


def _received(files: int) -> str:
    words = ngettext(
        "%(n)s file was uploaded. The list shows its progress.",
        "%(n)s files were uploaded. The list shows their progress.",
        files,
    )
    return words % {"n": count(files)}


def _row_json(shown: Collection, ingestion: Ingestion) -> dict[str, object]:
    return {"uid": str(ingestion.uid), "row": upload_html(shown, upload_row(ingestion))}


def _done(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return HttpResponse(status=204) if wants_json(request) else redirect("collection", uid)


def _ingestion(request: HttpRequest, uid: uuid.UUID, ingestion: uuid.UUID) -> Ingestion:
    home = collection_for(viewer_of_request(request), uid, editing=True)
    return get_object_or_404(
        Ingestion.objects.select_related("collection__workspace"), collection=home, uid=ingestion
    )
