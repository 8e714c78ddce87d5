"""Support for questions: who asked when, and how it went. What they asked is shown nowhere here."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.chat.models import Answer, AnswerState, AnswerStatus, Conversation
from apps.common.admin import ReadOnlyAdmin, coloured

STATE_COLOURS = {AnswerState.RUNNING: "info", AnswerState.DONE: "success", AnswerState.DEAD: "danger"}
STATUS_COLOURS = {AnswerStatus.ANSWERED: "success", AnswerStatus.PARTIAL: "warning"}
VISITOR = _("A visitor")


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin[Conversation]):
    list_display = ("created_at", "asked_by", "collection", "workspace")
    list_filter = ("created_at",)
    search_fields = ("uid", "user__email", "user__name", "collection__name", "workspace__name")
    ordering = ("-pk",)
    fields = ("asked_by", "collection", "workspace", "created_at", "uid")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        rows = super().get_queryset(request).defer("title")
        return rows.select_related("user", "collection", "workspace")

    @admin.display(description=_("asked by"), ordering="user__email")
    def asked_by(self, conversation: Conversation) -> str:
        return str(conversation.user or VISITOR)


@admin.register(Answer)
class AnswerAdmin(ReadOnlyAdmin[Answer]):
    list_display = (
        "created_at",
        "asked_by",
        "collection",
        "coloured_state",
        "coloured_status",
        "confidence",
        "finished_at",
    )
    list_filter = ("state", "status", "outage", "created_at")
    search_fields = (
        "uid",
        "conversation__user__email",
        "conversation__user__name",
        "conversation__collection__name",
    )
    ordering = ("-pk",)
    fields = (
        "asked_by", "collection", "workspace", "state", "status", "confidence", "outage", "attempt", "model_version",
        "manifest_sha256", "timings", "created_at", "finished_at", "uid",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Answer]:
        rows = super().get_queryset(request).defer("manifest", "trace", "conversation__title")
        return rows.select_related("conversation__user", "conversation__collection", "workspace")

    @admin.display(description=_("asked by"), ordering="conversation__user__email")
    def asked_by(self, answer: Answer) -> str:
        return str(answer.conversation.user or VISITOR)

    @admin.display(description=_("collection"), ordering="conversation__collection__name")
    def collection(self, answer: Answer) -> str:
        return answer.conversation.collection.name

    @admin.display(description=_("time taken"))
    def timings(self, answer: Answer) -> str:
        """In words: the library shows stored objects with inline styles."""
        return ", ".join(f"{step} {duration} ms" for step, duration in (answer.timings_ms or {}).items())

    @coloured(_("state"), STATE_COLOURS, ordering="state")
    def coloured_state(self, answer: Answer) -> tuple[str, str]:
        return answer.state, answer.get_state_display()

    @coloured(_("status"), STATUS_COLOURS, ordering="status")
    def coloured_status(self, answer: Answer) -> tuple[str, str]:
        return answer.status, answer.get_status_display()
