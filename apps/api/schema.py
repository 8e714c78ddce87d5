"""The OpenAPI description: what the views say, and the errors that every operation may answer with."""

from __future__ import annotations

from inspect import getdoc
from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse

from apps.api.operations import Access, Operation, operation_of
from apps.api.serializers.strict import Problem

VERSION = "/api/v1/"
ERRORS = {
    400: "The request is malformed, or names something unknown.",
    401: "No valid credentials.",
    403: "The credentials do not allow this.",
    404: "It does not exist, or the caller may not see it.",
    409: "It contradicts what is there now.",
    413: "It is too large, or the workspace is full.",
    415: "The Content-Type is not accepted here.",
    422: "The Idempotency-Key was used for another request.",
    429: "Too many requests. Wait as Retry-After says.",
    503: "A part of the service is away. Try again as Retry-After says.",
    507: "There is no space left.",
}
ALWAYS, WITH_CREDENTIALS, WITH_BODY, ONCE = {400, 404, 429, 503}, {401, 403}, {409, 413, 415, 507}, {409, 422}


class Schema(AutoSchema):
    def get_description(self) -> str:
        """What the method says; the view's own words are for its readers."""
        said = getdoc(getattr(self.view, self.method.lower())) or ""
        return f"{said}\n\n{self._operation.access.value}".strip()

    def get_auth(self) -> list[dict[str, list[str]]]:
        access = self._operation.access
        if access is Access.OPEN:
            return []
        people: dict[str, list[str]] = {"sessionToken": []}
        return [people] if access is Access.PERSON else [{"apiKey": []}, people]

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix(VERSION).split("/")[0]]

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in sorted(_statuses(self._operation, self.method) - {int(code) for code in bodies}):
            response = OpenApiResponse(Problem, ERRORS[status])
            bodies[str(status)] = self._get_response_for_code(
                response, str(status), ["application/problem+json"]
            )
        if self.method == "GET":
            bodies["304"] = {"description": "It is what If-None-Match names."}
        return bodies

    @property
    def _operation(self) -> Operation:
        found = operation_of(self.view, self.method)
        assert found is not None, f"{self.method} {self.path} is not marked as an operation"
        return found


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "apps.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key of a workspace, quoth_..."}


class SessionTokenScheme(OpenApiAuthenticationExtension):
    target_class = "apps.api.authentication.SessionTokenAuthentication"
    name = "sessionToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "X-Session-Token"}


def only_operations(endpoints: list[Any]) -> list[Any]:
    """Without the addresses of the documentation itself."""
    return [each for each in endpoints if each[0].startswith(VERSION)]


def _statuses(operation: Operation, method: str) -> set[int]:
    found = set(ALWAYS)
    if operation.access is not Access.OPEN:
        found |= WITH_CREDENTIALS
    if operation.has_body:
        found |= WITH_BODY
    if operation.once:
        found |= ONCE
    return found if method == "GET" else found | {409}
