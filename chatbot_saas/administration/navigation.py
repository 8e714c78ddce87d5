"""The groups of the administration's sidebar; each person sees the lists that they may view."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

Item = dict[str, Any]


def navigation(request: HttpRequest) -> list[Item]:
    overview = {"title": _("Overview"), "icon": "monitoring", "link": reverse("admin:index")}
    groups = [
        {"title": "", "items": [overview]},
        _group(
            request,
            _("People"),
            ("accounts.user", "person"),
            ("accounts.workspace", "workspaces"),
            ("accounts.membership", "badge"),
            ("auth.group", "group"),
        ),
        _group(
            request,
            _("Documents"),
            ("knowledge.collection", "menu_book"),
            ("knowledge.document", "description"),
            ("knowledge.documentversion", "difference"),
            ("knowledge.faqentry", "quickreply"),
            ("knowledge.ingestion", "upload_file"),
        ),
        _group(
            request,
            _("Questions"),
            ("chat.conversation", "forum"),
            ("chat.answer", "format_quote"),
        ),
        _group(request, _("Record"), ("admin.logentry", "history")),
    ]
    return [group for group in groups if group["items"]]


def _group(request: HttpRequest, title: str, *lists: tuple[str, str]) -> Item:
    """Each list is (label of the model, icon)."""
    return {"title": title, "items": [_item(*each) for each in lists if _may_view(request, each[0])]}


def _item(label: str, icon: str) -> Item:
    """Its title is that of the page."""
    title = capfirst(apps.get_model(label)._meta.verbose_name_plural)
    return {"title": title, "icon": icon, "link": reverse(f"admin:{label.replace('.', '_')}_changelist")}


def _may_view(request: HttpRequest, label: str) -> bool:
    app, model = label.split(".")
    return any(request.user.has_perm(f"{app}.{action}_{model}") for action in ("view", "change"))
