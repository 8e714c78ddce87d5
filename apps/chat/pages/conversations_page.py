"""All conversations of a viewer, and the search in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.request_limits import check_rate
from apps.accounts.viewer import viewer_of_request
from apps.chat.config import chat_config
from apps.chat.models import Message
from apps.chat.pages.addresses import conversation_url, source_url
from apps.chat.presentation.conversation_views import TURNS_SHOWN
from apps.chat.searching.found_turns import FoundQuote, FoundTurn, found_turns
from apps.chat.searching.found_words import Part
from apps.chat.selectors import conversations_for
from apps.common.addresses import request_address
from apps.common.names import clean_name
from apps.knowledge.pages.paging import CountedRows, address, page_of, pager_of

LONGEST_SEARCH = 200


@dataclass(frozen=True)
class ShownQuoteFound:
    found: FoundQuote
    url: str


@dataclass(frozen=True)
class ShownTurnFound:
    found: FoundTurn
    question: Sequence[Part]
    url: str
    quotes: Sequence[ShownQuoteFound]


@require_safe
def conversations(request: HttpRequest) -> HttpResponse:
    """With `?q=`, what was found in questions and quotes; else the list of all conversations."""
    text = clean_name(request.GET.get("q", ""))[:LONGEST_SEARCH]
    context = _search(request, text) if text else _list(request)
    return render(request, "chat/conversations.html", context | {"text": text, "longest": LONGEST_SEARCH})


def _list(request: HttpRequest) -> dict[str, object]:
    rows = conversations_for(viewer_of_request(request)).select_related("collection")
    page = page_of(CountedRows(rows, rows.count(), lambda row: row), request.GET.get("page", ""))
    return {"page": page, "pager": pager_of(page, request.GET, "page")}


def _search(request: HttpRequest, text: str) -> dict[str, object]:
    viewer = viewer_of_request(request)
    check_rate(viewer, request_address(request), "searches", chat_config().searches_per_minute)
    found = found_turns(viewer, text, _before(request.GET))
    return {
        "found": found,
        "turns": [_shown(turn) for turn in found.turns],
        "next_url": address(request.GET, before=found.next_before) if found.next_before else "",
        "is_first": "before" not in request.GET,
    }


def _shown(turn: FoundTurn) -> ShownTurnFound:
    message = turn.message
    conversation, answer = message.conversation.uid, message.answer.uid
    quotes = [ShownQuoteFound(quote, source_url(conversation, answer, quote.number)) for quote in turn.quotes]
    return ShownTurnFound(turn, turn.question, _turn_url(message), quotes)


def _turn_url(message: Message) -> str:
    """The conversation's page that has the question: the last one, or the one that ends with it."""
    is_among_last = message.conversation.last_seq - message.seq < TURNS_SHOWN
    before = None if is_among_last else message.seq + 1
    return f"{conversation_url(message.conversation.uid, before)}#turn-{message.uid}"


def _before(fields: QueryDict) -> int | None:
    text = fields.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
