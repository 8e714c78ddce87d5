"""Closing one's account, deleting a workspace, and taking either back. Each is one guarded UPDATE."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User, Workspace
from apps.accounts.selectors import grace_period, workspaces_owned_by, workspaces_that_need_an_owner
from apps.accounts.services import end_sessions
from apps.common.db import lock_until_commit, transition
from apps.common.errors import AppError, Code, NotFound

NOTICE = "account/email/account_closed"
NEEDS_AN_OWNER = _(
    "Other people use workspaces of which you are the only owner. Make someone else an owner first."
)
ONLY_ONE = _("This is the only workspace that you own. Close your account instead.")


@transaction.atomic
def close_own_account(user: User) -> None:
    """Nobody can use it from now on: every session ends, and sockets close. Raises AppError."""
    if workspaces_that_need_an_owner(user).exists():
        raise AppError(Code.CONFLICT, NEEDS_AN_OWNER)
    if transition(User.objects.filter(pk=user.pk, closed_at=None), closed_at=Now()):
        end_sessions(user)
        get_adapter().send_notification_mail(NOTICE, user)


def keep_account(user: User) -> None:
    """Takes the closing back. One that is open already stays so. Raises NotFound when it is being erased."""
    closed = User.objects.filter(pk=user.pk, is_active=True, closed_at__gt=Now() - grace_period())
    if (
        not transition(closed, closed_at=None)
        and not User.objects.filter(pk=user.pk, closed_at=None).exists()
    ):
        raise NotFound


@transaction.atomic
def delete_workspace(user: User, workspace: Workspace) -> None:
    """Nobody finds it or what is in it from now on. `workspace` is one that the user owns. Raises AppError."""
    lock_until_commit(f"workspaces of {user.pk}")
    if not workspaces_owned_by(user).exclude(pk=workspace.pk).exists():
        raise AppError(Code.CONFLICT, ONLY_ONE)
    transition(Workspace.objects.filter(pk=workspace.pk, deleted_at=None), deleted_at=Now())


def restore_workspace(workspace: Workspace) -> None:
    """One that has been restored already stays as it is. Raises NotFound after the grace period."""
    deleted = Workspace.objects.filter(pk=workspace.pk, deleted_at__gt=Now() - grace_period())
    if (
        not transition(deleted, deleted_at=None)
        and not Workspace.objects.filter(pk=workspace.pk, deleted_at=None).exists()
    ):
        raise NotFound
