from __future__ import annotations

import uuid

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.request_limits import check_rate
from apps.api.operations import Access, operation
from apps.api.pagination import NO_CURSOR, Page, PageQuery, cursor_of, page_by, page_of, read_cursor
from apps.api.serializers.chat import (
    ConversationIn,
    ConversationOut,
    ConversationsQuery,
    ExportQuery,
    FoundTurnOut,
    SearchQuery,
    TurnOut,
)
from apps.api.views.base import ApiView, shown
from apps.chat import services
from apps.chat.config import chat_config
from apps.chat.pages.export_views import json_file, markdown_file
from apps.chat.presentation.conversation_views import turn_views
from apps.chat.searching.found_turns import found_turns
from apps.chat.selectors import conversation_for, conversations_for, deleted_conversations_for, messages_of
from apps.common.names import clean_name


class ConversationsView(ApiView):
    @operation("list_conversations", Access.ASK, query=ConversationsQuery, returns=page_of(ConversationOut))
    def get(self, request: Request) -> Response:
        """The newest first."""
        select = deleted_conversations_for if self.asked["deleted"] else conversations_for
        rows = select(self.viewer).select_related("collection")
        page = page_by(rows, ("-created_at", "-uid"), self.asked, list)
        return shown(page_of(ConversationOut), page)


class ConversationView(ApiView):
    @operation("get_conversation", Access.ASK, returns=ConversationOut)
    def get(self, request: Request, conversation_id: uuid.UUID) -> Response:
        return shown(ConversationOut, conversation_for(self.viewer, conversation_id))

    @operation("update_conversation", Access.ASK, body=ConversationIn, returns=ConversationOut)
    def patch(self, request: Request, conversation_id: uuid.UUID) -> Response:
        """Rename it, pin it or unpin it."""
        conversation_for(self.viewer, conversation_id)
        changes = self.body(ConversationIn)
        if "title" in changes:
            services.rename_conversation(self.viewer, conversation_id, changes["title"])
        if "pinned" in changes:
            change = services.pin_conversation if changes["pinned"] else services.unpin_conversation
            change(self.viewer, conversation_id)
        return self.get(request, conversation_id)

    @operation("delete_conversation", Access.ASK, status=204)
    def delete(self, request: Request, conversation_id: uuid.UUID) -> Response:
        """It can be restored for some days; its links end at once."""
        services.delete_conversation(self.viewer, conversation_id)
        return Response(status=204)


class RestoreView(ApiView):
    @operation("restore_conversation", Access.ASK, returns=ConversationOut)
    def post(self, request: Request, conversation_id: uuid.UUID) -> Response:
        services.restore_conversation(self.viewer, conversation_id)
        return shown(ConversationOut, conversation_for(self.viewer, conversation_id))


class TurnsView(ApiView):
    @operation("list_turns", Access.ASK, query=PageQuery, returns=page_of(TurnOut))
    def get(self, request: Request, conversation_id: uuid.UUID) -> Response:
        """Questions in order, each with its answer."""
        rows = messages_of(conversation_for(self.viewer, conversation_id))
        return shown(page_of(TurnOut), page_by(rows, ("seq",), self.asked, turn_views))


class ExportView(ApiView):
    @operation(
        "export_conversation",
        Access.ASK,
        query=ExportQuery,
        returns={
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "text/markdown"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request, conversation_id: uuid.UUID) -> HttpResponseBase:
        """All of it, as a file."""
        conversation = conversation_for(self.viewer, conversation_id)
        check_rate(self.viewer, self.address, "exports", chat_config().exports_per_minute)
        write = markdown_file if self.asked["format"] == "markdown" else json_file
        return write(request._request, conversation)


class SearchView(ApiView):
    @operation("search_conversations", Access.ASK, query=SearchQuery, returns=page_of(FoundTurnOut))
    def get(self, request: Request) -> Response:
        """Questions of one's own conversations and their quotes, the newest first. A page may have few results, or
        none, and still lead to others.
        """
        check_rate(self.viewer, self.address, "searches", chat_config().searches_per_minute)
        found = found_turns(self.viewer, clean_name(self.asked["q"]), _before(self.asked.get("cursor", "")))
        cursor = cursor_of([found.next_before]) if found.next_before else None
        return shown(page_of(FoundTurnOut), Page(found.turns, cursor))


def _before(cursor: str) -> int | None:
    if not cursor:
        return None
    [number] = read_cursor(cursor, 1)
    if type(number) is not int or not 0 < number < 1 << 63:
        raise serializers.ValidationError({"cursor": [NO_CURSOR]})
    return number
