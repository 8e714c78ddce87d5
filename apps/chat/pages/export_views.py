"""A whole conversation to keep: as Markdown, as JSON, and as a page to print."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from tempfile import SpooledTemporaryFile

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from apps.accounts.request_limits import limited
from apps.accounts.viewer import viewer_of_request
from apps.chat.config import chat_config
from apps.chat.models import Conversation
from apps.chat.pages.addresses import conversation_url
from apps.chat.pages.markdown_export import conversation_markdown
from apps.chat.pages.shown_answers import shown_turns
from apps.chat.presentation.conversation_json import conversation_json
from apps.chat.presentation.conversation_views import turn_views
from apps.chat.selectors import conversation_for, messages_of

PRINTED = 100  # questions on one page
IN_MEMORY = 1 << 20  # bytes of a file; a longer one is written to the disk
LONGEST_NAME = 60


@require_safe
@limited("exports", lambda: chat_config().exports_per_minute)
def markdown(request: HttpRequest, uid: uuid.UUID) -> FileResponse:
    return markdown_file(request, conversation_for(viewer_of_request(request), uid))


@require_safe
@limited("exports", lambda: chat_config().exports_per_minute)
def as_json(request: HttpRequest, uid: uuid.UUID) -> FileResponse:
    return json_file(request, conversation_for(viewer_of_request(request), uid))


@require_safe
@limited("prints", lambda: chat_config().shared_per_minute)
def printed(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """All questions and answers on one page, or on several of a long conversation; `?after=` begins after a number."""
    shown = conversation_for(viewer_of_request(request), uid)
    after = request.GET.get("after", "")
    first = int(after) if after.isascii() and after.isdigit() and len(after) < 16 else 0
    messages = list(messages_of(shown).filter(seq__gt=first)[: PRINTED + 1])
    context = {
        "conversation": shown,
        "turns": shown_turns(str(uid), turn_views(messages[:PRINTED])),
        "here": conversation_url(uid),
        "first": first,
        "most": PRINTED,
        "next": messages[PRINTED - 1].seq if len(messages) > PRINTED else None,
    }
    return render(request, "chat/print.html", context)


def markdown_file(request: HttpRequest, shown: Conversation) -> FileResponse:
    """A conversation of a selector; nothing is read for a HEAD request."""
    return _file(request, conversation_markdown(shown), _name(shown, "md"), "text/markdown; charset=utf-8")


def json_file(request: HttpRequest, shown: Conversation) -> FileResponse:
    return _file(request, conversation_json(shown), _name(shown, "json"), "application/json")


def _file(request: HttpRequest, pieces: Iterable[str], name: str, content_type: str) -> FileResponse:
    """Never the whole conversation in memory; nothing is read for a HEAD request."""
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the response closes it
    for piece in pieces if request.method == "GET" else ():
        file.write(piece.encode())
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    if request.method == "HEAD":
        del response["Content-Length"]  # it is not known
    return response


def _name(conversation: Conversation, ending: str) -> str:
    return f"{slugify(conversation.title, allow_unicode=True)[:LONGEST_NAME] or 'conversation'}.{ending}"
