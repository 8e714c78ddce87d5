"""Decides whether a large upload is accepted, before its body is read.

The server first passes the request through Django without its body and with CHECK in its scope. The middleware then
answers instead of the view: 204 or a refusal. An upload without an announced length is checked again while it arrives.
When the body has arrived, Django checks everything again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from apps.accounts.request_limits import counted_as
from apps.accounts.viewer import Viewer, viewer_of
from apps.api.operations import Access
from apps.api.permission import caller_who_may
from apps.common.disk_space import check_reserve
from apps.common.errors import AppError, Code
from apps.common.views import error_response
from apps.knowledge.documents.quota import check_quota
from apps.knowledge.selectors import collection_for
from chatbot_saas.origins import matches_origin

CHECK = "quoth.upload_bytes"  # in the scope: the announced length, or what was received without one
MAY_BE_SENT = 204
UPLOADER = "X-Uploader"  # header of the 204 response, which is not sent to the client
UPLOAD, API_UPLOAD = "upload", "api:files"  # names of the only URLs that accept large bodies

SIGN_IN = _("Your session has ended. Sign in and send the file again.")
EXPIRED = _("This page has expired. Reload it and send the file again.")


def takes_files(path: str) -> bool:
    try:
        return resolve(path).view_name in {UPLOAD, API_UPLOAD}
    except Resolver404:
        return False


class UploadCheckMiddleware:
    """Must be after the session middleware and before the CSRF middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        size = getattr(request, "scope", {}).get(CHECK)
        if size is None:
            return self.get_response(request)
        try:
            uploader = _checked(request, size)
        except AppError as error:
            return error_response(request, error)
        return HttpResponse(status=MAY_BE_SENT, headers={UPLOADER: uploader})


def _checked(request: HttpRequest, size: int) -> str:
    """Who may send the upload, in one word. Raises AppError."""
    found = resolve(request.path_info)
    if found.view_name == API_UPLOAD:
        viewer, uid = caller_who_may(Access.WRITE, request).viewer, found.kwargs["collection_id"]
    else:
        viewer, uid = _person(request), found.kwargs["uid"]
    collection = collection_for(viewer, uid, editing=True)
    check_reserve(size)
    check_quota(collection.workspace, size)
    return counted_as(viewer, "")


def _person(request: HttpRequest) -> Viewer:
    """Who is signed in with the page's cookies. Raises AppError."""
    request.user = get_user(request)
    viewer = viewer_of(request.user, request.session)
    if viewer.user is None:
        raise AppError(Code.FORBIDDEN, SIGN_IN)
    if not _comes_from_this_site(request):
        raise AppError(Code.FORBIDDEN, EXPIRED)
    return viewer


def _comes_from_this_site(request: HttpRequest) -> bool:
    """Whether the token in the header is valid. A form without script has its token in the body, so for it the header
    `Origin` must be that of this site.
    """
    if "X-CSRFToken" in request.headers:
        return _has_valid_token(request)
    own = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin", "")
    return any(matches_origin(origin, each) for each in (own, *settings.CSRF_TRUSTED_ORIGINS))


def _has_valid_token(request: HttpRequest) -> bool:
    check = CsrfViewMiddleware(lambda _: HttpResponse())
    check.process_request(request)
    return check.process_view(request, _view, (), {}) is None


def _view(request: HttpRequest, **_: Any) -> HttpResponse:
    """Takes the place of the view, which the check examines for exemptions."""
    return HttpResponse()
