"""Changes of who belongs to a workspace, one function for each act. Owners alone change others."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Membership, Role
from apps.accounts.services import recheck_sockets, remove_member, set_role
from apps.accounts.viewer import Viewer
from apps.accounts.workspaces.memberships import membership_for, person_in
from apps.common.errors import AppError, Code


@transaction.atomic
def change_role(viewer: Viewer, workspace: uuid.UUID, person: uuid.UUID, role: Role) -> Membership:
    """Raises NotFound, and AppError for the last owner."""
    home = membership_for(viewer, workspace, owning=True).workspace
    changed = set_role(person_in(home, person).user, home, role)
    recheck_sockets(changed.user)
    return changed


@transaction.atomic
def remove_person(viewer: Viewer, workspace: uuid.UUID, person: uuid.UUID) -> Membership:
    """Raises NotFound, and AppError for the last owner."""
    home = membership_for(viewer, workspace, owning=True).workspace
    removed = person_in(home, person)
    remove_member(removed)
    recheck_sockets(removed.user)
    return removed


@transaction.atomic
def leave_workspace(viewer: Viewer, workspace: uuid.UUID) -> Membership:
    """Raises NotFound, and AppError for the last owner."""
    own = membership_for(viewer, workspace)
    remove_member(own)
    recheck_sockets(own.user)
    return own


@transaction.atomic
def transfer_ownership(viewer: Viewer, workspace: uuid.UUID, person: uuid.UUID) -> Membership:
    """The person becomes an owner, and the viewer an editor. Raises NotFound, and AppError for oneself."""
    own = membership_for(viewer, workspace, owning=True)
    new = person_in(own.workspace, person)
    if new.user == own.user:
        raise AppError(Code.INVALID, _("This is your own account. Choose someone else."))
    set_role(new.user, own.workspace, Role.OWNER)
    set_role(own.user, own.workspace, Role.EDITOR)
    for user in (new.user, own.user):
        recheck_sockets(user)
    return new
