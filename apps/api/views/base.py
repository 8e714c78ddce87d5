"""The base of all views of the API: credentials, scopes, limits, strict input, and headers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase
from django.views.decorators.http import conditional_page
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.session_list import note_use_of
from apps.accounts.viewer import Viewer
from apps.api.authentication import ApiKeyAuthentication, Caller, SessionTokenAuthentication
from apps.api.errors import RateLimited
from apps.api.limits import Allowance, allowance_of
from apps.api.operations import operation_of
from apps.api.permission import check_access
from apps.api.serializers.strict import Nothing, checked
from apps.common.addresses import request_address

VARY = "Authorization, X-Session-Token"


class OnlyJson(BaseContentNegotiation):
    """Every answer is JSON, whatever the caller accepts."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        media_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media_type), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """Methods are marked with `operation`. `asked` are the query parameters as their serializer has read them."""

    authentication_classes: tuple[type, ...] = (ApiKeyAuthentication, SessionTokenAuthentication)
    permission_classes = ()
    parser_classes = (JSONParser,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = OnlyJson
    metadata_class = None  # OPTIONS is a method like others: 405
    asked: dict[str, Any]
    allowance: Allowance | None = None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        """With ETags for what was read."""
        view: Callable[..., HttpResponseBase] = conditional_page(super().as_view(**initkwargs))
        return view

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.format_kwarg = None  # what the library sets here, without its formats and versions
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        request.version, request.versioning_scheme = None, None
        wanted = operation_of(self, request.method)
        try:
            self.perform_authentication(request)
        finally:
            self._count(request)
        if wanted is None:
            return  # the method is not allowed
        if request.auth is not None and request.auth.session_row is not None:
            note_use_of(request.auth.session_row)
        check_access(wanted.access, request.auth)
        self.asked = checked(wanted.query or Nothing, request.query_params.dict())

    @property
    def caller(self) -> Caller:
        """Who calls an operation that needs credentials."""
        caller: Caller = self.request.auth
        return caller

    @property
    def viewer(self) -> Viewer:
        return self.caller.viewer

    @property
    def address(self) -> str:
        return request_address(self.request)

    def body(self, serializer: Any) -> dict[str, Any]:
        """The values of a JSON body, which stays readable. Raises ValidationError."""
        self.request._request.body  # noqa: B018
        return checked(serializer, self.request.data)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        if self.allowance is not None:
            for name, value in self.allowance.headers().items():
                final[name] = value
        final["Cache-Control"] = "private, no-cache"
        final["Vary"] = VARY
        return final

    def _count(self, request: Request) -> None:
        """Also of a caller whose credentials are wrong."""
        caller = request._auth if getattr(request, "_auth", None) else None
        self.allowance = allowance_of(caller, request_address(request))
        if self.allowance.is_over:
            raise RateLimited(self.allowance.reset)


def shown(serializer: Any, value: Any, status: int = 200, **headers: str) -> Response:
    """A value as its serializer writes it."""
    return Response(serializer(value).data, status=status, headers=headers)
