"""Who is looking: a signed-in user, a visitor known by a secret in the browser's session, or an API key."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from apps.accounts.models import User

SESSION_KEY = "visitor"


@dataclass(frozen=True)
class WorkspaceAccess:
    """What an API key may reach: one workspace and nothing outside it."""

    workspace_id: int
    editing: bool


@dataclass(frozen=True)
class Viewer:
    """Exactly one of `user` and `visitor_key` is set; neither for a caller without a session.

    An API key is a viewer without a user: `workspace` is all that it may reach, `visitor_key` owns its conversations.
    """

    user: User | None = None
    visitor_key: str = ""
    workspace: WorkspaceAccess | None = None


NOBODY = Viewer()


def viewer_of(user: User | AnonymousUser, session: MutableMapping[str, Any]) -> Viewer:
    """The viewer of a request or socket; does not write to the session."""
    if isinstance(user, User) and user.is_open:
        return Viewer(user=user)
    secret = session.get(SESSION_KEY, "")
    return Viewer(visitor_key=_key(secret)) if secret else NOBODY


def viewer_of_request(request: HttpRequest) -> Viewer:
    return viewer_of(request.user, request.session)


def new_visitor() -> tuple[Viewer, str]:
    """A visitor who has no session yet, and the secret that makes a session theirs (`begin_visit`)."""
    secret = secrets.token_urlsafe(32)
    return Viewer(visitor_key=_key(secret)), secret


def begin_visit(session: MutableMapping[str, Any], secret: str) -> None:
    session[SESSION_KEY] = secret


def _key(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
