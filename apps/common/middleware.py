from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from apps.common.errors import AppError
from apps.common.outages import outage_of
from apps.common.views import error_response

logger = logging.getLogger(__name__)


class HostMiddleware:
    """400 for a request with a host name that is not this site's: for pages, static files and probes alike."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.get_host()
        except DisallowedHost:
            text = _(
                "This site does not answer to this host name. Use the address that you were given for it."
            )
            return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


class PersonalMiddleware:
    """Pages that depend on who asks are revalidated each time, and cached by no proxy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.has_header("Vary") and "Cookie" in response["Vary"]:
            patch_cache_control(response, private=True, no_cache=True)
        return response


class ErrorMiddleware:
    """Turns an AppError or an outage into a page, or into problem+json for a caller that asks for JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, AppError):
            return error_response(request, error)
        outage = outage_of(error)
        if outage is None:
            return None
        logger.warning("%s: %s", type(error).__name__, error)
        return error_response(request, outage)
