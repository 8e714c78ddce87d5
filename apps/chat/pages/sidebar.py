"""What every page shows: the sidebar and the colours a person chose."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.viewer import Viewer, viewer_of
from apps.accounts.workspaces.memberships import own_memberships
from apps.chat.models import Conversation
from apps.chat.selectors import conversations_for
from apps.common.views import chosen_theme
from apps.knowledge.selectors import ListedCollection, listed_collections

SHOWN = 60  # conversations
SWITCHED = 20  # workspaces; a page lists all of them


@dataclass(frozen=True)
class ConversationEntry:
    title: str
    url: str
    options_url: str
    created_at: datetime
    is_pinned: bool


@dataclass(frozen=True)
class SwitchEntry:
    uid: uuid.UUID
    name: str


@dataclass(frozen=True)
class Group:
    name: str
    conversations: tuple[ConversationEntry, ...]


class Sidebar:
    """Asks the database only when a template shows it: an error page must not."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def viewer(self) -> Viewer:
        return viewer_of(self._request.user, self._request.session)

    @cached_property
    def collections(self) -> list[ListedCollection]:
        return listed_collections(self.viewer)

    @cached_property
    def workspaces(self) -> list[SwitchEntry]:
        """Those that the viewer can switch to, the current one first, if there is more than one."""
        if self.viewer.user is None:
            return []
        columns = "workspace__uid", "workspace__name"
        rows = own_memberships(self.viewer.user).values_list(*columns)[:SWITCHED]
        return [SwitchEntry(*row) for row in rows] if len(rows) > 1 else []

    @cached_property
    def groups(self) -> list[Group]:
        """Pinned conversations, then the newest others by day; two queries."""
        rows = conversations_for(self.viewer)
        pinned = _entries(rows.filter(pinned_at__isnull=False).order_by("-pinned_at", "-pk"))
        others = _entries(rows.filter(pinned_at=None)[:SHOWN])
        first = [Group(_("Pinned"), tuple(pinned))] if pinned else []
        return [*first, *_by_day(others)]

    @property
    def may_create(self) -> bool:
        return self.viewer.user is not None

    @property
    def back(self) -> str:
        """Where to come back to after signing in."""
        return self._request.get_full_path() if self._request.method == "GET" else reverse("new")

    @property
    def here(self) -> str:
        """The address of the collection or conversation that the page belongs to."""
        return "/".join(self._request.path.split("/")[:3]) + "/"


def sidebar(request: HttpRequest) -> dict[str, Any]:
    return {"sidebar": Sidebar(request), "theme": chosen_theme(request)}


def _entries(rows: QuerySet[Conversation]) -> list[ConversationEntry]:
    return [
        ConversationEntry(
            title,
            reverse("conversation", args=[uid]),
            reverse("conversation_options", args=[uid]),
            created_at,
            pinned_at is not None,
        )
        for title, uid, created_at, pinned_at in rows.values_list("title", "uid", "created_at", "pinned_at")
    ]


def _by_day(conversations: Iterable[ConversationEntry]) -> Iterator[Group]:
    today = timezone.localdate()
    for name, group in groupby(
        conversations, key=lambda each: _name(today, timezone.localdate(each.created_at))
    ):
        yield Group(name, tuple(group))


def _name(today: date, then: date) -> str:
    days = (today - then).days
    if days <= 0:
        return _("Today")
    if days == 1:
        return _("Yesterday")
    return _("Last week") if days <= 7 else _("Older")
