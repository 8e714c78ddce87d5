"""Erases closed accounts and deleted workspaces for good when their grace period is over.

In batches, and so that it may run twice, at a time too, and be interrupted: the next run goes on.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now

from apps.accounts.models import User, Workspace
from apps.accounts.selectors import grace_period, workspaces_of_nobody_else
from apps.accounts.session_list import end_all_sessions
from apps.accounts.signals import workspace_erasing
from apps.common.deleted_words import forget_deleted_words
from apps.common.deletion import erase_with, forget_names_in_admin

AT_ONCE = 20  # accounts, and workspaces, of one run
# A transaction that takes the deletion back may have begun before the grace period ended: by then it has ended, too.
SLACK = timedelta(hours=1)


def erase_closed() -> int:
    """Returns how many workspaces and accounts are gone now."""
    over = Now() - grace_period() - SLACK
    workspaces = Workspace.objects.filter(deleted_at__lt=over).order_by("deleted_at")[:AT_ONCE]
    erased = sum(map(erase_workspace, workspaces))
    users = User.objects.filter(closed_at__lt=over).order_by("closed_at")[:AT_ONCE]
    erased += sum(map(erase_account, users))
    if erased:
        forget_deleted_words()
    return erased


def erase_workspace(workspace: Workspace) -> bool:
    """With everything in it. False if something is left for another run."""
    pk = workspace.pk
    answers = workspace_erasing.send(Workspace, workspace=workspace)
    if not all(is_ready for _receiver, is_ready in answers) or not erase_with("workspace", pk):
        return False
    forget_names_in_admin(Workspace, [pk])
    return True


def erase_account(user: User) -> bool:
    """With the workspaces in which there is nobody else. False if something is left for another run."""
    pk = user.pk
    User.objects.filter(pk=pk).update(is_active=False)  # from now on it cannot be kept
    end_all_sessions(user)
    gone = [erase_workspace(workspace) for workspace in workspaces_of_nobody_else(user)]
    if not all(gone) or not erase_with("user", pk):
        return False
    forget_names_in_admin(User, [pk])
    return True
