from __future__ import annotations

import sys
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.common.errors import AppError, Code, NotFound
from apps.common.health import readiness
from apps.common.outages import outage_of
from apps.common.site import is_own_path

THEME_COOKIE = "theme"
THEMES = ("light", "dark")
YEAR = 365 * 24 * 60 * 60


RETRY_SECONDS = 5
API = "/api/"  # programs ask below this path, whatever they accept


def error_response(request: HttpRequest, error: AppError) -> HttpResponse:
    """RFC 9457 problem details for JSON callers, a page for people."""
    response = _error_body(request, error)
    if error.code is Code.UNAVAILABLE:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def problem_response(error: AppError, **extra: object) -> HttpResponse:
    """RFC 9457 problem details; `extra` members beside the standard ones."""
    body = {
        "type": "about:blank",
        "status": error.status,
        "code": error.code,
        "detail": str(error.message),
    }
    return JsonResponse(body | extra, status=error.status, content_type="application/problem+json")


def _error_body(request: HttpRequest, error: AppError) -> HttpResponse:
    if wants_json(request):
        return problem_response(error)
    # The page for an outage must not ask the database that is away.
    template = "unavailable.html" if error.code is Code.UNAVAILABLE else "error.html"
    return render(request, template, {"error": error}, status=error.status)


def wants_json(request: HttpRequest) -> bool:
    if request.path_info.startswith(API):
        return True
    try:
        return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    except ValueError:  # a parameter in an unknown character set
        return False


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, AppError(Code.INVALID, _bad(exception)))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, AppError(Code.FORBIDDEN, _("Your account may not open this page.")))


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return error_response(
        request, AppError(Code.TOO_MANY, _("That was too often. Wait a few minutes and try again."))
    )


def not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    return error_response(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    """Called while the exception is handled: that of a middleware may be an outage or an AppError, too."""
    error = sys.exc_info()[1]
    shown = error if isinstance(error, AppError) else outage_of(error)
    if shown is not None:
        return error_response(request, shown)
    if wants_json(request):
        return problem_response(AppError(Code.INTERNAL, _("Something went wrong here. Try again later.")))
    return render(request, "500.html", status=500)


def ready(request: HttpRequest) -> HttpResponse:
    """May this process be given work? 503 names what is missing."""
    found = readiness()
    return JsonResponse(
        {"ready": all(found.values()), "checks": found}, status=200 if all(found.values()) else 503
    )


def chosen_theme(request: HttpRequest) -> str:
    """light, dark, or "" for that of the system."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in THEMES else ""


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Back to the page it was chosen on; the page's script does the same without a request."""
    response = HttpResponseRedirect(came_from(request))
    keep_theme(response, request.POST.get("theme", ""))
    return response


def keep_theme(response: HttpResponse, theme: str) -> None:
    """The browser's pages have these colours from now on; "" for those of the system."""
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")


def _bad(exception: Exception) -> str:
    if isinstance(exception, TooManyFilesSent):
        limit = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        return _(
            "Too many files at once. Send at most %(limit)d, or allow scripts: files are sent one by one then."
        ) % {"limit": limit}
    return _("This request could not be read. Go back, load the page again and try once more.")


def came_from(request: HttpRequest) -> str:
    """The path of the page, where it is one of this site; a redirect never names a host."""
    try:
        page = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # half an IPv6 address, for example
        return "/"
    path = urlunsplit(("", "", page.path, page.query, ""))
    return path if page.netloc == request.get_host() and is_own_path(path) else "/"
