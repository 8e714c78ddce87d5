"""The page of a workspace's API keys, for its owners."""

from __future__ import annotations

import uuid
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.api_keys import DAYS, LONGEST_NAME, PER_MINUTE, NewKey, keys_of, make_key, revoke_key
from apps.accounts.models import Scope, User, Workspace
from apps.accounts.selectors import workspaces_owned_by

DAY_LABELS = {0: _("No expiry"), 30: _("30 days"), 90: _("90 days"), 365: _("A year")}


class KeyForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, help_text=_("For example: Help desk"))
    workspace = forms.ModelChoiceField(
        Workspace.objects.none(), label=_("Workspace"), empty_label=None, to_field_name="uid"
    )
    read = forms.BooleanField(label=Scope.READ.label, required=False, initial=True)
    ask = forms.BooleanField(label=Scope.ASK.label, required=False, initial=True)
    write = forms.BooleanField(label=Scope.WRITE.label, required=False)
    days = forms.TypedChoiceField(
        label=_("Valid for"), coerce=int, choices=[(days, DAY_LABELS[days]) for days in DAYS], initial=90
    )
    per_minute = forms.TypedChoiceField(
        label=_("Requests a minute"), coerce=int, choices=[(each, str(each)) for each in PER_MINUTE]
    )

    def __init__(self, *args: Any, workspaces: QuerySet[Workspace], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Workspace]", self.fields["workspace"]).queryset = workspaces

    def clean(self) -> dict[str, Any]:
        fields = self.cleaned_data
        fields["scopes"] = [scope for scope in Scope.values if fields.get(scope)]
        if not fields["scopes"]:
            raise forms.ValidationError(_("Choose what the key may do."))
        return fields


@never_cache
@login_required
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def api_keys(request: HttpRequest) -> HttpResponse:
    """POST makes a key and shows it, this once."""
    user = cast(User, request.user)
    form = KeyForm(request.POST or None, workspaces=workspaces_owned_by(user))
    if request.method != "POST":
        return _page(request, user, form)
    if not form.is_valid():
        return _page(request, user, form, status=400)
    fields = form.cleaned_data
    new = NewKey(fields["name"], fields["scopes"], fields["days"], fields["per_minute"])
    token = make_key(user, fields["workspace"], new)
    return _page(request, user, KeyForm(workspaces=workspaces_owned_by(user)), token)


@login_required
@require_POST
def revoke_api_key(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    revoke_key(cast(User, request.user), uid)
    messages.success(request, _("The key has been revoked."))
    return redirect("account_api_keys")


def _page(
    request: HttpRequest, user: User, form: KeyForm, token: str = "", *, status: int = 200
) -> HttpResponse:
    keys = [(workspace, keys_of(workspace)) for workspace in workspaces_owned_by(user)]
    context = {"form": form, "token": token, "keys": [each for each in keys if each[1]]}
    return render(request, "account/api_keys.html", context, status=status)
