"""The list of one's workspaces, and the settings of one."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import Role, User
from apps.accounts.selectors import is_last_owner
from apps.accounts.viewer import viewer_of_request
from apps.accounts.workspaces.making import choose_workspace, make_workspace, rename_workspace
from apps.accounts.workspaces.members import leave_workspace
from apps.accounts.workspaces.memberships import membership_for, own_memberships
from apps.accounts.workspaces.row_pages import page_of
from apps.accounts.workspaces.workspace_forms import WorkspaceForm
from apps.common.errors import AppError


@login_required
@require_safe
def workspaces(request: HttpRequest) -> HttpResponse:
    rows = own_memberships(cast(User, request.user))
    current = rows.first()
    context = page_of(rows.select_related("workspace"), request) | {"current": current}
    return render(request, "workspaces/list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_workspace(request: HttpRequest) -> HttpResponse:
    form = WorkspaceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = make_workspace(cast(User, request.user), form.cleaned_data["name"])
        except AppError as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("The workspace is ready. Invite the people who belong to it."))
            return redirect("people", made.uid)
    return render(request, "workspaces/new.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workspace(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Owners change the name by POST; others see it."""
    posted = request.method == "POST"
    own = membership_for(viewer_of_request(request), uid, owning=posted)
    form = WorkspaceForm(request.POST if posted else None, initial={"name": own.workspace.name})
    if form.is_valid():
        rename_workspace(viewer_of_request(request), uid, form.cleaned_data["name"])
        messages.success(request, _("The name has been saved."))
        return redirect("workspace", uid)
    context = {
        "workspace": own.workspace,
        "role": own.get_role_display(),
        "is_owner": own.role == Role.OWNER,
        "must_stay": is_last_owner(own),
        "form": form,
    }
    return render(request, "workspaces/settings.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def choose(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    choose_workspace(viewer_of_request(request), uid)
    return redirect("new")


@login_required
@require_POST
def leave(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    left = leave_workspace(viewer_of_request(request), uid)
    messages.success(request, _("You have left %(name)s.") % {"name": left.workspace.name})
    return redirect("workspaces")
