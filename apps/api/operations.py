"""What an operation of the API needs and returns, in one place: the views check it, and the schema is made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter, extend_schema

from apps.accounts.models import Scope
from apps.api.idempotency import HEADER, LONGEST_KEY

IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description="A request that is repeated with the same key within 24 hours makes nothing again.",
)
MARK = "operation"  # the attribute of a method
Method = TypeVar("Method", bound=Callable[..., Any])


class Access(Enum):
    OPEN = "No credentials are needed."
    CALLER = "For a person, or an API key with any scope."
    PERSON = "For a person who is signed in; API keys may not."
    READ = "For a person, or an API key with the scope `read`."
    ASK = "For a person, or an API key with the scope `ask`."
    WRITE = "For a person, or an API key with the scope `write`."

    @property
    def scope(self) -> Scope | None:
        return Scope(self.name.lower()) if self.name.lower() in Scope.values else None


@dataclass(frozen=True)
class Operation:
    """`query` is the serializer of the query parameters. `once` says that an Idempotency-Key is understood."""

    name: str
    access: Access
    query: Any = None
    has_body: bool = False
    once: bool = False


def operation(
    name: str,
    access: Access,
    *,
    returns: Any = None,
    status: int = 200,
    query: Any = None,
    body: Any = None,
    once: bool = False,
    also: dict[Any, Any] | None = None,
    summary: str = "",
) -> Callable[[Method], Method]:
    """A method of a view. `name` is the id of the operation, which clients make their functions' names from."""

    def decorate(method: Method) -> Method:
        described: Method = extend_schema(
            operation_id=name,
            summary=summary or name.replace("_", " ").capitalize(),
            parameters=[*([query] if query else []), *([IDEMPOTENCY_KEY] if once else [])],
            request=body,
            responses=(returns if isinstance(returns, dict) else {status: returns}) | (also or {}),
        )(method)
        setattr(described, MARK, Operation(name, access, query, body is not None, once))
        return described

    return decorate


def operation_of(view: Any, method: str) -> Operation | None:
    """None for a method that the view does not have."""
    found: Operation | None = getattr(getattr(view, method.lower(), None), MARK, None)
    return found
