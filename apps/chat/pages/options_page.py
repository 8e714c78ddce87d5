"""The page of what one can do with a conversation, and its forms. The menu of the sidebar leads to the same pages."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.viewer import viewer_of_request
from apps.chat import services
from apps.chat.config import chat_config
from apps.chat.models import Conversation
from apps.chat.pages.addresses import conversation_url
from apps.chat.selectors import conversation_for, deleted_conversations_for, grace_period
from apps.chat.services.managing import LONGEST_TITLE, NO_TITLE
from apps.common.errors import AppError, Code
from apps.common.names import clean_name
from apps.common.views import came_from
from apps.knowledge.pages.paging import CountedRows, page_of, pager_of


class TitleForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_TITLE)

    def clean_title(self) -> str:
        title = clean_name(self.cleaned_data["title"])
        if not title:
            raise forms.ValidationError(NO_TITLE)
        return title


@require_http_methods(["GET", "HEAD", "POST"])
def options(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Everything on one page, for whom the menu does not open; its form renames the conversation."""
    viewer = viewer_of_request(request)
    shown = conversation_for(viewer, uid)
    form = TitleForm(request.POST if request.method == "POST" else None, initial={"title": shown.title})
    if request.method == "POST" and form.is_valid():
        services.rename_conversation(viewer, uid, form.cleaned_data["title"])
        messages.success(request, _("The conversation has been renamed."))
        return redirect(conversation_url(uid))
    context = {"conversation": shown, "form": form}
    return render(request, "chat/options.html", context, status=400 if form.errors else 200)


@require_POST
def pin(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Pins the conversation, or unpins it with `pinned=no`, and leads back to the page that it was pressed on."""
    viewer = viewer_of_request(request)
    if request.POST.get("pinned") == "no":
        services.unpin_conversation(viewer, uid)
        return HttpResponseRedirect(came_from(request))
    try:
        services.pin_conversation(viewer, uid)
    except AppError as error:
        if error.code is not Code.CONFLICT:
            raise
        messages.error(request, str(error.message))
    return HttpResponseRedirect(came_from(request))


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Asks first. The notice after it has a button that restores the conversation."""
    viewer = viewer_of_request(request)
    if request.method != "POST":
        shown = conversation_for(viewer, uid)
        context = {"conversation": shown, "days": chat_config().deleted_days}
        return render(request, "chat/delete_conversation.html", context)
    services.delete_conversation(viewer, uid)
    undo = reverse("restore_conversation", args=[uid])
    messages.success(request, _("The conversation has been deleted."), extra_tags=undo)
    return redirect("new")


@require_POST
def restore(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    services.restore_conversation(viewer_of_request(request), uid)
    messages.success(request, _("The conversation has been restored."))
    return redirect(conversation_url(uid))


@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    """The viewer's deleted conversations, each with the day on which it is erased."""
    rows = deleted_conversations_for(viewer_of_request(request))
    page = page_of(CountedRows(rows, rows.count(), _with_end), request.GET.get("page", ""))
    context = {"page": page, "pager": pager_of(page, request.GET, "page"), "days": chat_config().deleted_days}
    return render(request, "chat/deleted.html", context)


def _with_end(conversation: Conversation) -> dict[str, object]:
    assert conversation.deleted_at is not None  # as the selector has checked
    return {"conversation": conversation, "erased_at": conversation.deleted_at + grace_period()}
