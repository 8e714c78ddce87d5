"""Access-checked selectors of workspaces, and who an address or a session belongs to."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower, Now
from django.http import HttpRequest

from apps.accounts.config import account_config
from apps.accounts.models import OPERATOR_EMAIL, Membership, Role, User, Workspace
from apps.accounts.viewer import NOBODY, Viewer, viewer_of

EDITING_ROLES = (Role.OWNER, Role.EDITOR)


def workspaces_for(viewer: Viewer, *, editing: bool = False) -> QuerySet[Workspace]:
    """Workspaces that the viewer belongs to; with `editing`, those whose documents they may change."""
    if viewer.workspace is not None:
        allowed = viewer.workspace.editing or not editing
        reached = Workspace.objects.filter(pk=viewer.workspace.workspace_id, deleted_at=None)
        return reached if allowed else reached.none()
    if viewer.user is None:
        return Workspace.objects.none()
    roles = EDITING_ROLES if editing else tuple(Role)
    present = Workspace.objects.filter(deleted_at=None)
    return present.filter(memberships__user=viewer.user, memberships__role__in=roles)


def workspaces_owned_by(user: User) -> QuerySet[Workspace]:
    """The oldest, which was made for them, first."""
    return _owned_by(user).filter(deleted_at=None)


def deleted_workspaces_of(user: User) -> QuerySet[Workspace]:
    """Those that the user may restore, the last deleted one first."""
    return _owned_by(user).filter(deleted_at__gt=Now() - grace_period()).order_by("-deleted_at", "-pk")


def workspaces_of_nobody_else(user: User) -> QuerySet[Workspace]:
    """Those that are erased with the account: its owner is the only person in them."""
    return _owned_by(user).filter(~Exists(_others(user)), is_operator=False)


def workspaces_that_need_an_owner(user: User) -> QuerySet[Workspace]:
    """Other people use them, and nobody else could decide about them."""
    other_owner = Exists(_others(user).filter(role=Role.OWNER))
    used = Exists(_others(user)) | Q(is_operator=True)
    return workspaces_owned_by(user).filter(used, ~other_owner)


def grace_period() -> timedelta:
    """How long a closed account or a deleted workspace can be had back."""
    return timedelta(days=account_config().deleted_days)


def _owned_by(user: User) -> QuerySet[Workspace]:
    return Workspace.objects.filter(memberships__user=user, memberships__role=Role.OWNER).order_by("pk")


def open_accounts(prefix: str = "") -> Q:
    """`User.is_open` as a condition; `prefix` is the way to the user, such as `user__`."""
    return Q(**{f"{prefix}is_active": True, f"{prefix}closed_at": None})


def is_last_owner(membership: Membership) -> bool:
    """Of those whose accounts are open. `set_role` and `remove_member` refuse to lower or remove them."""
    owners = Membership.objects.filter(workspace=membership.workspace_id, role=Role.OWNER)
    others = owners.exclude(pk=membership.pk)
    return membership.role == Role.OWNER and not others.filter(open_accounts("user__")).exists()


def _others(user: User) -> QuerySet[Membership]:
    """Without the account of the command line, which is no person."""
    rows = Membership.objects.filter(workspace=OuterRef("pk")).exclude(user=user)
    return rows.exclude(user__email=OPERATOR_EMAIL)


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
