"""Closing one's account, keeping it after all, and deleting a workspace of one's own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TypeVar, cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import closing
from apps.accounts.models import User, Workspace
from apps.accounts.selectors import (
    deleted_workspaces_of,
    grace_period,
    workspaces_of_nobody_else,
    workspaces_owned_by,
    workspaces_that_need_an_owner,
)
from apps.common.deletion import what_goes
from apps.common.errors import AppError, Code, NotFound

View = TypeVar("View", bound=Callable[..., HttpResponse])


def proved(view: View) -> View:
    """For a person who has just shown that the account is theirs; others are asked to."""
    return cast("View", reauthentication_required(view))


@login_required
@proved
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Says what will happen, and closes the account of whoever has just shown that it is theirs."""
    user = cast(User, request.user)
    if request.method != "POST":
        return render(request, "account/close.html", _what_happens(user))
    try:
        closing.close_own_account(user)
    except AppError as error:
        if error.code is not Code.CONFLICT:
            raise
        return render(request, "account/close.html", _what_happens(user), status=error.status)
    logout(request)
    messages.success(request, _("Your account is closed. Sign in if you want to keep it after all."))
    return redirect("account_login")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def closed(request: HttpRequest) -> HttpResponse:
    """Where every page of a closed account leads to; POST keeps the account."""
    user = cast(User, request.user)
    if user.closed_at is None:
        return redirect("account_profile")
    if request.method != "POST":
        context = {"erased_at": user.closed_at + grace_period()}
        return render(request, "account/closed.html", context)
    closing.keep_account(user)
    messages.success(request, _("Your account is open again."))
    return redirect("new")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_workspace(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One that the person owns; anybody else is told that there is none, before they are asked for anything."""
    user = cast(User, request.user)
    shown = workspaces_owned_by(user).filter(uid=uid).first()
    if shown is None:
        raise NotFound
    return _delete_workspace(request, user, shown)


@proved
def _delete_workspace(request: HttpRequest, user: User, shown: Workspace) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        try:
            return _deleted(request, user, shown)
        except AppError as error:
            if error.code is not Code.CONFLICT:
                raise
            problem = str(error.message)
    context = {
        "workspace": shown,
        "goes": what_goes("workspace", shown.pk),
        "days": grace_period().days,
        "others": shown.memberships.exclude(user=user).count(),
        "problem": problem,
    }
    return render(request, "account/delete_workspace.html", context, status=409 if problem else 200)


@login_required
@require_POST
def restore_workspace(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    user = cast(User, request.user)
    shown = (workspaces_owned_by(user).filter(uid=uid) | deleted_workspaces_of(user).filter(uid=uid)).first()
    if shown is None:
        raise NotFound
    closing.restore_workspace(shown)
    messages.success(request, _("%(name)s has been restored.") % {"name": shown.name})
    return redirect("account_profile")


def _deleted(request: HttpRequest, user: User, workspace: Workspace) -> HttpResponse:
    closing.delete_workspace(user, workspace)
    undo = reverse("restore_workspace", args=[workspace.uid])
    messages.success(request, _("%(name)s was deleted.") % {"name": workspace.name}, extra_tags=undo)
    return redirect("account_profile")


def _what_happens(user: User) -> dict[str, object]:
    return {
        "goes": what_goes("user", user.pk),
        "workspaces": [
            (workspace.name, what_goes("workspace", workspace.pk))
            for workspace in workspaces_of_nobody_else(user)
        ],
        "in_the_way": list(workspaces_that_need_an_owner(user)),
        "days": grace_period().days,
    }
