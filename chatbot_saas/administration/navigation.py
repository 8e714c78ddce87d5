"""The groups of the administration's sidebar; each person sees the lists that they may view."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

Item = dict[str, Any]


def navigation(request: HttpRequest) -> list[Item]:
    overview = {"title": _("Overview"), "icon": "monitoring", "link": reverse("admin:index")}
    groups = [
        {"title": "", "items": [overview]},
        _group(
            request,
            _("People"),
            ("accounts.user", _("People"), "person"),
            ("accounts.workspace", _("Workspaces"), "workspaces"),
            ("accounts.membership", _("Memberships"), "badge"),
            ("auth.group", _("Groups"), "group"),
        ),
        _group(
            request,
            _("Documents"),
            ("knowledge.collection", _("Collections"), "menu_book"),
            ("knowledge.document", _("Documents"), "description"),
            ("knowledge.documentversion", _("Versions"), "difference"),
            ("knowledge.ingestion", _("Uploads"), "upload_file"),
        ),
        _group(
            request,
            _("Questions"),
            ("chat.conversation", _("Conversations"), "forum"),
            ("chat.answer", _("Answers"), "format_quote"),
        ),
        _group(request, _("Record"), ("admin.logentry", _("Changes made here"), "history")),
    ]
    return [group for group in groups if group["items"]]


def _group(request: HttpRequest, title: str, *lists: tuple[str, str, str]) -> Item:
    """Each list is (label of the model, title, icon)."""
    return {"title": title, "items": [_item(*each) for each in lists if _may_view(request, each[0])]}


def _item(label: str, title: str, icon: str) -> Item:
    return {"title": title, "icon": icon, "link": reverse(f"admin:{label.replace('.', '_')}_changelist")}


def _may_view(request: HttpRequest, label: str) -> bool:
    app, model = label.split(".")
    return any(request.user.has_perm(f"{app}.{action}_{model}") for action in ("view", "change"))
