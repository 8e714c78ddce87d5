"""Roles in workspaces that follow from the groups that an issuer tells."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction

from apps.accounts.models import Membership, Role, User, Workspace
from apps.accounts.selectors import is_last_owner
from apps.accounts.services import recheck_sockets, remove_member, set_role

logger = logging.getLogger(__name__)
HIGHEST_FIRST = (Role.OWNER, Role.EDITOR, Role.MEMBER)
GroupRoles = Mapping[str, Iterable[tuple[str, str]]]  # group: (short name of a workspace, role)


@transaction.atomic
def apply_roles(user: User, groups: Collection[str], roles: GroupRoles) -> None:
    """The issuer decides who belongs to the workspaces of the mapping; a last owner stays in theirs."""
    for slug in {slug for granted in roles.values() for slug, _ in granted}:
        workspace = Workspace.objects.filter(slug=slug).first()
        if workspace is None:
            logger.warning("OpenID Connect: the roles name a workspace %s, which does not exist", slug)
        else:
            _apply(user, workspace, _granted(slug, groups, roles))


def _granted(slug: str, groups: Collection[str], roles: GroupRoles) -> Role | None:
    given = {role for group in groups for where, role in roles.get(group, ()) if where == slug}
    return next((role for role in HIGHEST_FIRST if role in given), None)


def _apply(user: User, workspace: Workspace, role: Role | None) -> None:
    held = Membership.objects.filter(user=user, workspace=workspace).first()
    if (held.role if held else None) == role or (held and is_last_owner(held)):
        return
    if role:
        set_role(user, workspace, role)
    elif held:
        remove_member(held)
    recheck_sockets(user)
