"""Inviting people by e-mail, and the page that the link of an invitation leads to."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.config import workspaces_config
from apps.accounts.models import Role, User, Workspace
from apps.accounts.viewer import viewer_of_request
from apps.accounts.workspaces.invitations import (
    accept_invitation,
    digest_of,
    invitation_by,
    invite,
    is_for,
    resend,
    revoke,
)
from apps.accounts.workspaces.joining import begin_joining
from apps.accounts.workspaces.memberships import membership_for
from apps.accounts.workspaces.workspace_forms import InvitationForm
from apps.common.errors import AppError, NotFound

DOORS = {"sign_in": "account_login", "sign_up": "account_signup"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_invitation(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """For owners. Where no mail is sent, the link is shown once, in the answer to the form."""
    viewer = viewer_of_request(request)
    home = membership_for(viewer, uid, owning=True).workspace
    form = InvitationForm(request.POST if request.method == "POST" else None, initial={"role": Role.MEMBER})
    if form.is_valid():
        try:
            link = invite(viewer, uid, **form.cleaned_data)
        except NotFound:
            raise
        except AppError as error:
            form.add_error(None, str(error.message))
        else:
            return _sent(request, home, link)
    context = {"workspace": home, "form": form, "days": workspaces_config().invitation_days}
    return render(request, "workspaces/invite.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def resend_invitation(request: HttpRequest, uid: uuid.UUID, invitation: uuid.UUID) -> HttpResponse:
    viewer = viewer_of_request(request)
    link = resend(viewer, uid, invitation)
    return _sent(request, membership_for(viewer, uid, owning=True).workspace, link)


@login_required
@require_POST
def revoke_invitation(request: HttpRequest, uid: uuid.UUID, invitation: uuid.UUID) -> HttpResponse:
    revoke(viewer_of_request(request), uid, invitation)
    messages.success(request, _("The invitation has been revoked. Its link no longer works."))
    return redirect("people", uid)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """For everyone who has the link. POST joins, or leads to the sign-in or the sign-up and joins after it."""
    try:
        found = invitation_by(digest_of(token))
    except NotFound:
        return _page(request, {}, status=404)
    if request.method != "POST":
        may_join = isinstance(request.user, User) and is_for(request.user, found)
        return _page(request, {"invitation": found, "may_join": may_join})
    if isinstance(request.user, User):
        accept_invitation(request.user, digest_of(token))
        messages.success(request, _("You have joined %(name)s.") % {"name": found.workspace.name})
        return redirect("new")
    begin_joining(request, digest_of(token))
    return redirect(DOORS.get(request.POST.get("by", ""), DOORS["sign_in"]))


def _page(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    """No cache and no search engine keeps it."""
    response = render(request, "workspaces/invitation.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Cache-Control"] = "no-store"
    return response


def _sent(request: HttpRequest, home: Workspace, link: str) -> HttpResponse:
    if link:
        response = render(request, "workspaces/link.html", {"workspace": home, "link": link})
        response["Cache-Control"] = "no-store"
        return response
    messages.success(request, _("The invitation has been sent."))
    return redirect("people", home.uid)
