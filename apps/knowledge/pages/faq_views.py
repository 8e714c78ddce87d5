from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.models import User
from apps.accounts.viewer import viewer_of_request
from apps.common.errors import NotFound
from apps.knowledge.faq import entries
from apps.knowledge.faq.faults import EntryChanged, FaqFault
from apps.knowledge.faq.sources import quote_of
from apps.knowledge.models import Collection, FaqEntry
from apps.knowledge.pages.faq_form import (
    FaqForm,
    StoredField,
    initial_of,
    kept_form,
    stored_fields,
    suggested_paths,
)
from apps.knowledge.pages.faq_list import faq_list
from apps.knowledge.selectors import collection_for, faq_entry_for


@require_safe
def faq(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    shown = collection_for(viewer_of_request(request), uid, editing=True)
    return render(request, "knowledge/faq.html", {"collection": shown, "list": faq_list(shown, request.GET)})


@require_http_methods(["GET", "HEAD", "POST"])
def new_entry(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    home = collection_for(viewer_of_request(request), uid, editing=True)
    form = FaqForm(_entered(request))
    if request.method == "POST" and _save(request, home, form):
        return redirect("faq", home.uid)
    return _form_page(request, home, form)


@require_http_methods(["GET", "HEAD", "POST"])
def change_entry(request: HttpRequest, uid: uuid.UUID, entry: uuid.UUID) -> HttpResponse:
    viewer = viewer_of_request(request)
    try:
        shown = faq_entry_for(viewer, uid, entry)
    except NotFound:
        if request.method != "POST":
            raise
        return _deleted_meanwhile(request, collection_for(viewer, uid, editing=True))
    form = FaqForm(_entered(request), initial=initial_of(shown))
    try:
        if request.method == "POST" and _save(request, shown.collection, form, shown):
            return redirect("faq", shown.collection.uid)
    except EntryChanged:
        return _changed_meanwhile(request, faq_entry_for(viewer, uid, entry))
    return _form_page(request, shown.collection, form, shown)


def _changed_meanwhile(request: HttpRequest, entry: FaqEntry) -> HttpResponse:
    form = kept_form(request.POST, entry)
    conflict = _(
        "Somebody has changed this entry meanwhile. What you have typed is kept below. Compare it with what is stored "
        "now. If you save, it replaces that."
    )
    return _form_page(request, entry.collection, form, entry, conflict, stored_fields(form, entry))


def _deleted_meanwhile(request: HttpRequest, home: Collection) -> HttpResponse:
    conflict = _(
        "Somebody has deleted this entry meanwhile. What you have typed is kept below. If you save, it is a new entry."
    )
    return _form_page(request, home, kept_form(request.POST), conflict=conflict)


@require_http_methods(["GET", "HEAD", "POST"])
def delete_entry(request: HttpRequest, uid: uuid.UUID, entry: uuid.UUID) -> HttpResponse:
    shown = faq_entry_for(viewer_of_request(request), uid, entry)
    title = shown.wordings.all()[0].text
    if request.method != "POST":
        context = {"entry": shown, "collection": shown.collection, "title": title}
        return render(request, "knowledge/delete_faq_entry.html", context)
    if entries.delete_entry(shown):
        messages.success(request, _("The approved answer to “%(title)s” was deleted.") % {"title": title})
    return redirect("faq", shown.collection.uid)


def _entered(request: HttpRequest) -> QueryDict | None:
    """A form that was sent without fields has errors, too."""
    return request.POST if request.method == "POST" else None


def _save(request: HttpRequest, home: Collection, form: FaqForm, entry: FaqEntry | None = None) -> bool:
    """False if the form has an error, which is then in the form. Raises EntryChanged."""
    if not form.is_valid():
        return False
    author, revision = cast(User, request.user), form.cleaned_data["revision"]
    try:
        entries.save_entry(home, form.fields_entered, author=author, entry=entry, revision=revision)
    except EntryChanged:
        raise
    except FaqFault as fault:
        form.add_fault(fault)
        return False
    is_used = form.fields_entered.is_active
    messages.success(
        request, _("Saved. Questions are answered with it in a moment.") if is_used else _("Saved.")
    )
    return True


def _form_page(
    request: HttpRequest,
    home: Collection,
    form: FaqForm,
    entry: FaqEntry | None = None,
    conflict: str = "",
    stored: Sequence[StoredField] = (),
) -> HttpResponse:
    """`stored` is what the entry has where that is not what was typed."""
    context = {
        "collection": home,
        "form": form,
        "entry": entry,
        "conflict": conflict,
        "stored": stored,
        "source": quote_of(entry) if entry else None,
        "paths": suggested_paths(home),
    }
    status = 409 if conflict else 400 if form.errors else 200
    return render(request, "knowledge/faq_entry.html", context, status=status)
