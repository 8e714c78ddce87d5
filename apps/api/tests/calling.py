"""Calls of the API in tests: by a person's session token, or by a key."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.test import Client

from apps.accounts.api_keys import NewKey, make_key
from apps.accounts.models import User, Workspace
from apps.api.urls import urlpatterns
from apps.chat.tests.cast import Cast, client_of

PROBLEM = "application/problem+json"


class Caller:
    """Without cookies; `headers` are the credentials."""

    def __init__(self, **headers: str) -> None:
        self.headers = headers

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        data: dict[str, Any] = {}
        if body is not None:
            data = {"data": json.dumps(body), "content_type": "application/json"}
        answer: Any = Client().generic(method, address(path), headers=self.headers | headers, **data)
        return answer

    def send_file(self, path: str, data: dict[str, object], **headers: str) -> Any:
        answer: Any = Client().post(address(path), data, headers=self.headers | headers)
        return answer


def address(path: str) -> str:
    return path if path.startswith("/") else f"/api/v1/{path}"


def person(user: User) -> Caller:
    return Caller(**{"X-Session-Token": client_of(user).cookies[settings.SESSION_COOKIE_NAME].value})


def key(owner: User, workspace: Workspace, *scopes: str) -> Caller:
    token = make_key(owner, workspace, NewKey("Test", scopes, 0, 1200))
    return Caller(Authorization=f"Bearer {token}")


def api_route_arguments(cast: Cast) -> dict[str, dict[str, object]]:
    """By the name of a route, what its address needs."""
    arguments: dict[str, object] = {
        "collection_id": cast.private.uid,
        "document_id": cast.version.document.uid,
        "ingestion_id": cast.failed.uid,
        "conversation_id": cast.answer.conversation.uid,
        "answer_id": cast.answer.uid,
        "upload_id": cast.private.uid,  # of nothing
        "version": 1,
        "number": 1,
    }
    return {
        f"api:{pattern.name}": {name: arguments[name] for name in pattern.pattern.regex.groupindex}
        for pattern in urlpatterns
    }
