"""Sharing a conversation by a read-only link, and the page that the link leads to."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.request_limits import check_rate
from apps.accounts.viewer import viewer_of_request
from apps.chat import services
from apps.chat.config import chat_config
from apps.chat.models import Conversation, Message, ShareLink
from apps.chat.pages.shown_answers import ShownTurn, shown_turns
from apps.chat.presentation.conversation_views import turn_views
from apps.chat.selectors import conversation_for, links_of, shared_by, shared_messages
from apps.chat.services.sharing import DAYS, SIGN_IN, digest_of
from apps.common.addresses import request_address
from apps.common.errors import AppError, Code
from apps.common.site import site_origin

SHOWN = 100  # questions on one page


def _choices() -> list[tuple[int, str]]:
    return [(days, ngettext("%(n)d day", "%(n)d days", days) % {"n": days}) for days in DAYS]


class ShareForm(forms.Form):
    days = forms.TypedChoiceField(label=gettext_lazy("Open for"), choices=_choices, coerce=int, initial=7)
    last_seq = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=(1 << 63) - 1)


@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Shows what would be shared and the open links. A new link's address is shown once, in the answer to its form."""
    viewer = viewer_of_request(request)
    shown = conversation_for(viewer, uid)
    if viewer.user is None:
        raise AppError(Code.FORBIDDEN, SIGN_IN)
    form = ShareForm(request.POST if request.method == "POST" else None, initial={"last_seq": shown.last_seq})
    token = ""
    if request.method == "POST" and form.is_valid():
        try:
            token = services.share_conversation(viewer, uid, **form.cleaned_data)
        except AppError as error:
            form.add_error(None, str(error.message))
    last_seq = form.cleaned_data.get("last_seq", shown.last_seq) if form.is_bound else shown.last_seq
    context = _preview(shown, min(last_seq, shown.last_seq)) | {
        "form": form,
        "links": links_of(shown),
        "address": site_origin() + reverse("shared", args=[token]) if token else "",
    }
    return render(request, "chat/share.html", context, status=400 if form.errors else 200)


@require_POST
def close(request: HttpRequest, uid: uuid.UUID, link: uuid.UUID) -> HttpResponse:
    services.close_link(viewer_of_request(request), uid, link)
    messages.success(request, _("The link is closed. Nobody can open it any more."))
    return redirect("share_conversation", uid)


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """For everyone who has the link. It says nothing about who shares it, and search engines are told to leave it."""
    check_rate(
        viewer_of_request(request), request_address(request), "shared", chat_config().shared_per_minute
    )
    link = shared_by(digest_of(token))
    after = request.GET.get("after", "")
    first = int(after) if after.isascii() and after.isdigit() and len(after) < 16 else 0
    rows = list(shared_messages(link, first)[: SHOWN + 1])
    context = {
        "conversation": link.conversation,
        "expires_at": link.expires_at,
        "turns": _turns(link, rows[:SHOWN]),
        "next": rows[SHOWN - 1].seq if len(rows) > SHOWN else None,
    }
    response = render(request, "chat/shared.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Cache-Control"] = "no-store"
    return response


def _preview(conversation: Conversation, last_seq: int) -> dict[str, object]:
    """What a link up to that number shows on its first page."""
    link = ShareLink(conversation=conversation, last_seq=last_seq)
    rows = list(shared_messages(link)[: SHOWN + 1])
    return {
        "conversation": conversation,
        "turns": _turns(link, rows[:SHOWN]),
        "is_longer": len(rows) > SHOWN,
        "most": SHOWN,
    }


def _turns(link: ShareLink, rows: Iterable[Message]) -> Iterator[ShownTurn]:
    """Without answers that came after the link was made."""
    for turn in shown_turns(str(link.conversation.uid), turn_views(rows)):
        seq = turn.answer.view.seq if turn.answer else None
        yield turn if seq is not None and seq <= link.last_seq else ShownTurn(turn.message)
