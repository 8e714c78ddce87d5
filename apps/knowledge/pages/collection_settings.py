"""The settings of a collection, and the page that asks before it is deleted."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.viewer import viewer_of_request
from apps.accounts.workspaces.memberships import audience_of, membership_of
from apps.common.deletion import what_goes
from apps.knowledge.config import document_config
from apps.knowledge.deletion.collections import change_collection, delete_collection
from apps.knowledge.documents.quota import collection_bytes
from apps.knowledge.models import Collection
from apps.knowledge.pages.collection_page import summary
from apps.knowledge.pages.forms import CollectionSettingsForm
from apps.knowledge.selectors import collection_for, collection_stats


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    viewer = viewer_of_request(request)
    shown = collection_for(viewer, uid, editing=True)
    form = CollectionSettingsForm(request.POST if request.method == "POST" else None, collection=shown)
    if request.method == "POST" and form.is_valid():
        change_collection(shown, **form.cleaned_data)
        messages.success(request, _("The collection has been saved."))
        return redirect("collection", uid)
    context = {
        "collection": shown,
        "form": form,
        "own": membership_of(viewer, shown.workspace),
        "audience": audience_of(shown.workspace),
    }
    return render(request, "knowledge/collection_settings.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Says what goes with it. The notice after it has a button that restores the collection."""
    shown = collection_for(viewer_of_request(request), uid, editing=True)
    if request.method != "POST":
        context = {"collection": shown, "goes": _goes(shown), "days": document_config().deleted_days}
        return render(request, "knowledge/delete_collection.html", context)
    delete_collection(shown)
    undo = reverse("restore_collection", args=[uid])
    messages.success(request, _("%(name)s was deleted.") % {"name": shown.name}, extra_tags=undo)
    return redirect("new")


def _goes(collection: Collection) -> list[str]:
    stored = _("%(size)s of files, all versions together") % {
        "size": filesizeformat(collection_bytes(collection.pk))
    }
    return [summary(collection_stats(collection)), stored, *what_goes("collection", collection.pk)]
