"""What every page shows: the sidebar and the colours a person chose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.viewer import Viewer, viewer_of
from apps.chat.selectors import conversations_for
from apps.common.views import chosen_theme
from apps.knowledge.selectors import ListedCollection, listed_collections

SHOWN = 60


@dataclass(frozen=True)
class ConversationEntry:
    title: str
    url: str
    created_at: datetime


@dataclass(frozen=True)
class Day:
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
    def days(self) -> list[Day]:
        rows = conversations_for(self.viewer).values_list("title", "uid", "created_at")[:SHOWN]
        return list(
            _by_day(
                ConversationEntry(title, reverse("conversation", args=[uid]), at) for title, uid, at in rows
            )
        )

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


def _by_day(conversations: Iterable[ConversationEntry]) -> Iterator[Day]:
    today = timezone.localdate()
    for name, group in groupby(
        conversations, key=lambda each: _name(today, timezone.localdate(each.created_at))
    ):
        yield Day(name, tuple(group))


def _name(today: date, then: date) -> str:
    days = (today - then).days
    if days <= 0:
        return _("Today")
    if days == 1:
        return _("Yesterday")
    return _("Last week") if days <= 7 else _("Older")
