"""Making, renaming and choosing a workspace."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.config import workspaces_config
from apps.accounts.models import Membership, Role, User, Workspace
from apps.accounts.selectors import workspaces_owned_by
from apps.accounts.viewer import Viewer
from apps.accounts.workspaces.memberships import membership_for
from apps.common.db import lock_until_commit
from apps.common.errors import AppError, Code
from apps.common.models import new_uid
from apps.common.names import clean_name


@transaction.atomic
def make_workspace(user: User, name: str) -> Workspace:
    """The user owns it, and it is their current one. Raises AppError if they own too many."""
    lock_until_commit(f"workspaces of user {user.pk}")
    most = workspaces_config().owned_by_one
    if workspaces_owned_by(user).count() >= most:
        problem = _("You own %(most)d workspaces, and cannot make more.") % {"most": most}
        raise AppError(Code.CONFLICT, problem)
    made = Workspace.objects.create(slug=f"w-{new_uid().hex}", name=clean_name(name))
    Membership.objects.create(workspace=made, user=user, role=Role.OWNER)
    set_current(user, made)
    return made


def rename_workspace(viewer: Viewer, uid: uuid.UUID, name: str) -> Workspace:
    """Raises NotFound."""
    renamed = membership_for(viewer, uid, owning=True).workspace
    renamed.name = clean_name(name)
    renamed.save(update_fields=["name"])
    return renamed


def choose_workspace(viewer: Viewer, uid: uuid.UUID) -> Workspace:
    """Raises NotFound."""
    own = membership_for(viewer, uid)
    set_current(own.user, own.workspace)
    return own.workspace


def set_current(user: User, workspace: Workspace) -> None:
    """The sidebar lists its collections from now on, and new collections are made in it."""
    User.objects.filter(pk=user.pk).update(current_workspace=workspace)
    user.current_workspace = workspace
