"""Access-checked selectors of workspaces, and who an address or a session belongs to."""

from __future__ import annotations

from importlib import import_module

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user
from django.db.models import Case, QuerySet, Subquery, When
from django.db.models.functions import Lower
from django.http import HttpRequest

from apps.accounts.models import Role, User, Workspace
from apps.accounts.viewer import NOBODY, Viewer, viewer_of

EDITING_ROLES = (Role.OWNER, Role.EDITOR)


def workspaces_for(viewer: Viewer, *, editing: bool = False) -> QuerySet[Workspace]:
    """Workspaces that the viewer belongs to; with `editing`, those whose documents they may change."""
    if viewer.workspace is not None:
        allowed = viewer.workspace.editing or not editing
        reached = Workspace.objects.filter(pk=viewer.workspace.workspace_id)
        return reached if allowed else reached.none()
    if viewer.user is None:
        return Workspace.objects.none()
    roles = EDITING_ROLES if editing else tuple(Role)
    return Workspace.objects.filter(memberships__user=viewer.user, memberships__role__in=roles)


def workspaces_owned_by(user: User) -> QuerySet[Workspace]:
    """The oldest, which was made for them, first."""
    return Workspace.objects.filter(memberships__user=user, memberships__role=Role.OWNER).order_by("pk")


def workspaces_to_fill(user: User) -> QuerySet[Workspace]:
    """Where the user may make collections, their personal workspace first."""
    personal_first = Case(When(pk=Subquery(workspaces_owned_by(user).values("pk")[:1]), then=0), default=1)
    return workspaces_for(Viewer(user=user), editing=True).order_by(personal_first, "name", "pk")


def viewer_of_session(session_key: str | None) -> Viewer:
    """Who the session belongs to now: nobody once it has ended, was signed out, or its password changed."""
    if not session_key:
        return NOBODY
    engine = import_module(settings.SESSION_ENGINE)
    request = HttpRequest()
    request.session = engine.SessionStore(session_key)
    return viewer_of(get_user(request), request.session)


def owner_of(email: str) -> User | None:
    """Whose account has this address. One that is only listed, such as a change not confirmed yet, is nobody's."""
    return User.objects.alias(lower=Lower("email")).filter(lower=email.lower()).first()  # as the index has it


def address_is_confirmed(user: User) -> bool:
    """The account's own address; what else is listed for it does not count."""
    return bool(EmailAddress.objects.filter(user=user, email=user.email.lower(), verified=True).exists())
