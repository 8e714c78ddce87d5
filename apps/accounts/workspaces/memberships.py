"""Access-checked selectors of a person's workspaces, and of the people in them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.translation import gettext as _

from apps.accounts.models import OPERATOR_EMAIL, Membership, Role, User, Workspace
from apps.accounts.selectors import EDITING_ROLES, open_accounts, workspaces_owned_by
from apps.accounts.viewer import Viewer
from apps.common.errors import AppError, Code, NotFound


@dataclass(frozen=True)
class Audience:
    """How many people may ask the collections of a workspace, and how many of them may edit them."""

    asking: int
    editing: int


def own_memberships(user: User) -> QuerySet[Membership]:
    """Of one's workspaces, the current one first: the one chosen last, else the one joined last."""
    chosen_first = Case(When(workspace=user.current_workspace_id or 0, then=0), default=1)
    return Membership.objects.filter(user=user, workspace__deleted_at=None).order_by(chosen_first, "-pk")


def workspace_to_fill(user: User) -> Workspace:
    """Where the user makes collections: their current workspace, or their own if they may not change that one."""
    current = own_memberships(user).select_related("workspace").first()
    if current and current.role in EDITING_ROLES:
        return current.workspace
    own = workspaces_owned_by(user).first()
    if own is None:
        raise AppError(Code.FORBIDDEN, _("Make a workspace of your own first."))
    return own


def membership_for(viewer: Viewer, uid: uuid.UUID, *, owning: bool = False) -> Membership:
    """The viewer's own, with its workspace. Raises NotFound; with `owning` also if they are no owner."""
    if viewer.user is None:
        raise NotFound
    rows = Membership.objects.filter(user=viewer.user, workspace__uid=uid, workspace__deleted_at=None)
    mine = rows.select_related("workspace")
    found = mine.filter(role=Role.OWNER).first() if owning else mine.first()
    if found is None:
        raise NotFound
    return found


def membership_of(viewer: Viewer, workspace: Workspace) -> Membership | None:
    """The viewer's own, if they belong to the workspace."""
    rows = Membership.objects.filter(workspace=workspace, user=viewer.user)
    return rows.first() if viewer.user else None


def people_of(workspace: Workspace) -> QuerySet[Membership]:
    """Memberships with their users, by name. Whoever works at the machine's command line is no person of it."""
    name = Lower(Coalesce(NullIf("user__name", Value("")), "user__email"))
    rows = Membership.objects.filter(workspace=workspace).exclude(user__email=OPERATOR_EMAIL)
    return rows.select_related("user").order_by(name, "pk")


def person_in(workspace: Workspace, uid: uuid.UUID) -> Membership:
    """Raises NotFound."""
    found = people_of(workspace).filter(user__uid=uid).first()
    if found is None:
        raise NotFound
    return found


def audience_of(workspace: Workspace) -> Audience:
    """Of open accounts; one query."""
    people = people_of(workspace).filter(open_accounts("user__"))
    editing = Count("pk", filter=Q(role__in=EDITING_ROLES))
    return Audience(**people.aggregate(asking=Count("pk"), editing=editing))


def active_owner(user: str, workspace: str) -> Exists:
    """Whether the row's user is an owner of the row's workspace whose account is open; the names of its columns."""
    return Exists(
        Membership.objects.filter(
            open_accounts("user__"),
            user=OuterRef(user),
            workspace=OuterRef(workspace),
            role=Role.OWNER,
            workspace__deleted_at=None,
        )
    )
