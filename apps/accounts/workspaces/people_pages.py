"""Who belongs to a workspace: everyone in it sees the list, owners change it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import Role, User
from apps.accounts.selectors import is_last_owner
from apps.accounts.viewer import viewer_of_request
from apps.accounts.workspaces.invitations import invitations_of
from apps.accounts.workspaces.members import change_role, remove_person, transfer_ownership
from apps.accounts.workspaces.memberships import membership_for, people_of, person_in
from apps.accounts.workspaces.row_pages import page_of
from apps.accounts.workspaces.workspace_forms import RoleForm


@login_required
@require_safe
def people(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    own = membership_for(viewer_of_request(request), uid)
    is_owner = own.role == Role.OWNER
    context = page_of(people_of(own.workspace), request) | {
        "workspace": own.workspace,
        "is_owner": is_owner,
        "invitations": invitations_of(own.workspace) if is_owner else [],
        "now": timezone.now(),
    }
    return render(request, "workspaces/people.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, uid: uuid.UUID, person: uuid.UUID) -> HttpResponse:
    """For owners; POST changes the role."""
    own = membership_for(viewer_of_request(request), uid, owning=True)
    shown = person_in(own.workspace, person)
    form = RoleForm(request.POST if request.method == "POST" else None, initial={"role": shown.role})
    if form.is_valid():
        change_role(viewer_of_request(request), uid, person, form.cleaned_data["role"])
        messages.success(request, _("The role of %(name)s has been changed.") % {"name": _name(shown.user)})
        return redirect("people", uid)
    context = {
        "workspace": own.workspace,
        "person": shown,
        "is_oneself": shown.user == own.user,
        "must_stay": is_last_owner(shown),
        "form": form,
    }
    return render(request, "workspaces/person.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def remove(request: HttpRequest, uid: uuid.UUID, person: uuid.UUID) -> HttpResponse:
    removed = remove_person(viewer_of_request(request), uid, person)
    text = _("%(name)s has been removed from the workspace.")
    messages.success(request, text % {"name": _name(removed.user)})
    return redirect("workspaces") if removed.user == request.user else redirect("people", uid)


@login_required
@require_POST
def transfer(request: HttpRequest, uid: uuid.UUID, person: uuid.UUID) -> HttpResponse:
    new = transfer_ownership(viewer_of_request(request), uid, person)
    messages.success(
        request, _("%(name)s owns the workspace. You are an editor now.") % {"name": _name(new.user)}
    )
    return redirect("people", uid)


def _name(user: User) -> str:
    return user.name or user.email
