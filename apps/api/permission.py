"""Whether a caller may do what an operation does."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.api.authentication import ApiKeyAuthentication, Caller, SessionTokenAuthentication
from apps.api.errors import NO_CREDENTIALS, WRONG_CREDENTIALS
from apps.api.operations import Access
from apps.common.errors import AppError, Code

NO_SCOPE = _("This API key may not do this. Its owner can make one with the scope that is needed.")
PEOPLE_ONLY = _("This needs a person who is signed in. An API key may not do it.")


def check_access(access: Access, caller: Caller | None) -> None:
    """Raises AppError."""
    if access is Access.OPEN:
        return
    if caller is None:
        raise AppError(Code.UNAUTHENTICATED, NO_CREDENTIALS)
    if caller.key is None:
        return
    if access is Access.PERSON:
        raise AppError(Code.FORBIDDEN, PEOPLE_ONLY)
    if access.scope is not None and access.scope not in caller.key.scopes:
        raise AppError(Code.FORBIDDEN, NO_SCOPE)


def caller_who_may(access: Access, request: HttpRequest) -> Caller:
    """Who sends a request that no view has seen yet. Raises AppError."""
    credentials = (ApiKeyAuthentication(), SessionTokenAuthentication())
    try:
        caller: Caller | None = Request(request, authenticators=credentials).auth
    except AuthenticationFailed as error:
        raise AppError(Code.UNAUTHENTICATED, WRONG_CREDENTIALS) from error
    check_access(access, caller)
    assert caller is not None  # it was checked
    return caller
