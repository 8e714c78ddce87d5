"""Every error of the API as problem details (RFC 9457) with a stable code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from apps.common.errors import AppError, Code, NotFound
from apps.common.outages import outage_of
from apps.common.views import RETRY_SECONDS, problem_response

WRONG_CREDENTIALS = _("These credentials are not valid. Sign in again, or use another API key.")
NO_CREDENTIALS = _("Send an API key as `Authorization: Bearer`, or a session token as `X-Session-Token`.")
SENTENCES: dict[type[Exception], tuple[Code, Promise]] = {
    exceptions.AuthenticationFailed: (Code.UNAUTHENTICATED, WRONG_CREDENTIALS),
    exceptions.NotAuthenticated: (Code.UNAUTHENTICATED, NO_CREDENTIALS),
    exceptions.MethodNotAllowed: (Code.METHOD_NOT_ALLOWED, _("This address does not take this method.")),
    exceptions.UnsupportedMediaType: (
        Code.UNSUPPORTED_TYPE,
        _("This Content-Type is not accepted here. The documentation names the ones that are."),
    ),
    exceptions.ParseError: (Code.INVALID, _("The body could not be read. Send valid JSON in UTF-8.")),
    exceptions.PermissionDenied: (Code.FORBIDDEN, _("You may not do this.")),
    PermissionDenied: (Code.FORBIDDEN, _("You may not do this.")),
}
WRONG_VALUES = _("Some values are not accepted. `errors` names them.")


class RateLimited(AppError):
    """`seconds` until the window ends."""

    def __init__(self, seconds: int) -> None:
        super().__init__(Code.TOO_MANY, _("Too many requests. Wait for the seconds that Retry-After names."))
        self.seconds = seconds


def problem_of(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """The response for an exception; None for a bug, which is logged and answered with 500."""
    if isinstance(error, exceptions.ValidationError):
        return problem_response(AppError(Code.INVALID, WRONG_VALUES), errors=list(_faults(error.detail)))
    known = _app_error(error)
    if known is None:
        return None
    response = problem_response(known)
    for name, value in _headers(error, known).items():
        response[name] = value
    return response


def _app_error(error: Exception) -> AppError | None:
    if isinstance(error, AppError):
        return error
    if isinstance(error, Http404 | exceptions.NotFound):
        return NotFound()
    for kind, (code, sentence) in SENTENCES.items():
        if isinstance(error, kind):
            return AppError(code, sentence)
    return outage_of(error)


def _headers(error: Exception, known: AppError) -> dict[str, str]:
    headers: dict[str, str] = {}
    if known.code is Code.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.seconds)
    elif known.code is Code.UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_SECONDS)
    return headers


def _faults(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Each wrong value, by its path in the body or the query."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _faults(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list | tuple):
        for inner in detail:
            yield from _faults(inner, path)
    else:
        yield {"field": path, "message": str(detail)}
