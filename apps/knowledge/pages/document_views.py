from __future__ import annotations

import posixpath
import uuid

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import (
    conditional_page,
    require_http_methods,
    require_POST,
    require_safe,
)

from apps.accounts.request_limits import limited
from apps.accounts.viewer import viewer_of_request
from apps.common.errors import AppError, Code, NotFound
from apps.knowledge import services
from apps.knowledge.config import document_config
from apps.knowledge.models import DocumentVersion
from apps.knowledge.pages.document_page import document_page
from apps.knowledge.pages.figures import drawn_figure
from apps.knowledge.pages.pictures import MISSING, page_picture
from apps.knowledge.pages.rendering import TextRange
from apps.knowledge.pages.version_diff import compare_versions
from apps.knowledge.selectors import collection_for, document_for, may_ask, version_for


@require_safe
def document(request: HttpRequest, uid: uuid.UUID, number: int | None = None) -> HttpResponse:
    """`?start=` and `?end=` mark a passage, `?part=` asks for a part of a long one."""
    version = version_for(viewer_of_request(request), uid, number)
    start, end = _number(request, "start", -1), _number(request, "end", -1)
    mark = TextRange(start, end) if 0 <= start < end else None
    context = {
        "version": version,
        "collection": version.document.collection,
        "page": document_page(version, part=_number(request, "part", 0), mark=mark),
        "may_edit": may_ask(viewer_of_request(request), version.document.collection, editing=True),
    }
    return render(request, "knowledge/document.html", context)


@require_safe
@limited("changes", lambda: document_config().changes_per_minute)
def changes(request: HttpRequest, uid: uuid.UUID, older: int, newer: int) -> HttpResponse:
    """What the newer of two versions says otherwise than the older."""
    if older >= newer:
        raise NotFound
    viewer = viewer_of_request(request)
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
def original(request: HttpRequest, uid: uuid.UUID, number: int) -> FileResponse:
    return original_file(version_for(viewer_of_request(request), uid, number))


def original_file(version: DocumentVersion) -> FileResponse:
    """The file as it was uploaded; for download, never shown in the browser: it may be a stranger's HTML."""
    try:
        file = default_storage.open(version.original, "rb")
    except FileNotFoundError as error:
        raise AppError(Code.NOT_FOUND, MISSING) from error
    return FileResponse(
        file,
        as_attachment=True,
        filename=posixpath.basename(version.document.path),
        content_type="application/octet-stream",
    )


@require_safe
@conditional_page
@limited("pictures", lambda: document_config().pictures_per_minute)
def picture(request: HttpRequest, uid: uuid.UUID, number: int, page: int) -> HttpResponse:
    """A page of a PDF as a PNG. Browsers keep it, and ask each time whether it may still be shown."""
    version = version_for(viewer_of_request(request), uid, number)
    return HttpResponse(page_picture(version, page), content_type="image/png")


@require_safe
@conditional_page
@limited("pictures", lambda: document_config().pictures_per_minute)
def figure(request: HttpRequest, uid: uuid.UUID, number: int, part: int, place: int) -> HttpResponse:
    """A picture that stands in a document. Browsers keep it, and ask each time whether it may still be shown."""
    version = version_for(viewer_of_request(request), uid, number)
    shown = drawn_figure(version, part, place)
    return HttpResponse(shown.data, content_type=shown.media_type)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    shown = document_for(viewer_of_request(request), uid)
    home = collection_for(viewer_of_request(request), shown.collection.uid, editing=True)
    if request.method != "POST":
        context = {"document": shown, "collection": home, "days": document_config().deleted_days}
        return render(request, "knowledge/delete.html", context)
    services.delete_document(shown)
    undo = reverse("restore_document", args=[shown.uid])
    messages.success(request, gettext("%(name)s was deleted.") % {"name": shown.name}, extra_tags=undo)
    return redirect("collection", home.uid)


@require_POST
def restore_version(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    viewer = viewer_of_request(request)
    version = version_for(viewer, uid, number)
    home = collection_for(viewer, version.document.collection.uid, editing=True)
    assert viewer.user is not None  # only people may edit
    services.restore_version(version, restored_by=viewer.user)
    text = gettext("Version %(number)d of %(name)s is being read again. It becomes the newest version.")
    messages.success(request, text % {"number": number, "name": version.title})
    return redirect("collection", home.uid)


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise
