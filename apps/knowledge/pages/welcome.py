"""The first page after sign-up: how to ask one's own documents, and which step comes next."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.models import User
from apps.accounts.viewer import Viewer
from apps.accounts.workspaces.memberships import workspace_to_fill
from apps.common.site import is_own_path
from apps.knowledge.pages.forms import CollectionForm
from apps.knowledge.pages.upload_rules import upload_rules
from apps.knowledge.selectors import collection_stats, collections_for


@login_required
@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """`?next=` is a page of this site to go on to."""
    user = cast(User, request.user)
    home = workspace_to_fill(user)
    newest = collections_for(Viewer(user=user), editing=True).filter(workspace=home).order_by("-pk").first()
    form = CollectionForm(workspace=home, initial={"name": _("My documents")})
    wanted = request.GET.get("next", "")
    context = {
        "form": form,
        "collection": newest,
        "has_documents": newest is not None and collection_stats(newest).documents > 0,
        "go_on_to": wanted if is_own_path(wanted) else "",
        "max_megabytes": upload_rules().max_megabytes,
    }
    return render(request, "knowledge/welcome.html", context)
