"""Administration of what Django itself keeps: groups of rights, and the record of changes."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.common.admin import BaseAdmin, ReadOnlyAdmin, coloured

admin.site.unregister(Group)
ACTIONS = {ADDITION: _("Added"), CHANGE: _("Changed"), DELETION: _("Deleted")}
ACTION_COLOURS = {str(ADDITION): "success", str(CHANGE): "info", str(DELETION): "danger"}


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, BaseAdmin[Group]):
    """A group's rights are rows of Django; no service of the product writes them."""

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Whoever could change a group could give themselves every right."""
        return _is_superuser(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return _is_superuser(request)


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin[LogEntry]):
    list_display = ("action_time", "user", "coloured_action", "content_type", "object_repr", "message")
    list_select_related = ("user", "content_type")
    list_filter = ("action_flag", "content_type", "action_time")
    search_fields = ("object_repr", "user__email", "user__name")
    ordering = ("-pk",)
    fields = ("action_time", "user", "coloured_action", "content_type", "object_repr", "message")

    @coloured(_("action"), ACTION_COLOURS, ordering="action_flag")
    def coloured_action(self, entry: LogEntry) -> tuple[str, str]:
        return str(entry.action_flag), str(ACTIONS.get(entry.action_flag, ""))

    @admin.display(description=_("what"))
    def message(self, entry: LogEntry) -> str:
        return str(entry.get_change_message())


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))
