"""The only doors to workspaces."""

from __future__ import annotations

from django.db.models import QuerySet

from apps.accounts.models import Role, User, Workspace
from apps.accounts.viewer import Viewer
from apps.common.errors import NotFound

EDITING_ROLES = (Role.OWNER, Role.EDITOR)


def workspaces_for(viewer: Viewer, *, editing: bool = False) -> QuerySet[Workspace]:
    """Workspaces that the viewer belongs to; with `editing`, those whose documents they may change."""
    if viewer.user is None:
        return Workspace.objects.none()
    roles = EDITING_ROLES if editing else tuple(Role)
    return Workspace.objects.filter(memberships__user=viewer.user, memberships__role__in=roles)


def personal_workspace(user: User) -> Workspace:
    """The oldest workspace that the user owns: made at sign-up. Raises NotFound."""
    owned = Workspace.objects.filter(memberships__user=user, memberships__role=Role.OWNER)
    workspace = owned.order_by("pk").first()
    if workspace is None:
        raise NotFound
    return workspace
