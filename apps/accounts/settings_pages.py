"""The settings of one's own account: the pages that allauth does not have."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.device import remember_device
from apps.accounts.forms import ProfileForm
from apps.accounts.models import Theme, User
from apps.accounts.preferences import carry_preferences
from apps.accounts.selectors import deleted_workspaces_of, workspaces_owned_by
from apps.accounts.services import end_other_session, end_sessions, save_profile
from apps.accounts.session_list import keep_session, sessions_of
from apps.common.errors import NotFound
from apps.common.views import chosen_theme


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = User.objects.get(
        pk=cast(User, request.user).pk
    )  # a form writes to its instance, even if it refuses
    theme = user.theme or chosen_theme(request) or Theme.SYSTEM
    form = ProfileForm(request.POST or None, instance=user, initial={"theme": theme})
    if request.method == "POST" and form.is_valid():
        save_profile(user)
        messages.success(request, _("Your profile has been saved."))
        response = redirect("account_profile")
        carry_preferences(response, user)
        return response
    context = {
        "form": form,
        "workspaces": workspaces_owned_by(user),
        "deleted_workspaces": deleted_workspaces_of(user),
    }
    return render(request, "account/profile.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Lists where the account is signed in; POST ends all its sessions but this one."""
    user = cast(User, request.user)
    if request.method != "POST":
        listed = sessions_of(user, request.session.session_key)
        return render(request, "account/sessions.html", {"sessions": listed})
    end_sessions(user)
    keep_session(request, user)
    messages.success(request, _("All other browsers have been signed out."))
    response = redirect("account_sessions")
    remember_device(response, user)
    return response


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    if not end_other_session(cast(User, request.user), pk, current=request.session.session_key):
        raise NotFound
    messages.success(request, _("That browser has been signed out."))
    return redirect("account_sessions")
