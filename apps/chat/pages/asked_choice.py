"""The choice of what to ask on the page of a new question."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst

from apps.accounts.models import Workspace
from apps.accounts.viewer import Viewer
from apps.chat.models import Asks
from apps.chat.selectors import asked_by, last_conversation_of
from apps.chat.services.places import Place, collections_at, names_of
from apps.common.errors import AppError
from apps.knowledge.models import Collection
from apps.knowledge.selectors import collections_at_hand, collections_for

SEVERAL, ALL = "several", "all-"
LISTED = 200  # collections in the choice; others are asked from their own page


@dataclass(frozen=True)
class Group:
    """The collections of one workspace that can be chosen."""

    workspace: Workspace
    collections: Sequence[Collection]

    @property
    def all_value(self) -> str:
        return f"{ALL}{self.workspace.uid}"


@dataclass(frozen=True)
class Choice:
    """`value` is that of the chosen option. With `is_several`, collections are ticked one by one."""

    groups: Sequence[Group]
    asked: Sequence[Collection]
    asks: Asks
    value: str

    @property
    def is_several(self) -> bool:
        return self.value == SEVERAL

    @property
    def can_be_several(self) -> bool:
        return any(len(group.collections) > 1 for group in self.groups)

    @property
    def number(self) -> int:
        return sum(len(group.collections) for group in self.groups)

    @property
    def name(self) -> str:
        if not self.asked:
            return ""
        return names_of(self.asks, self.asked) or self.asked[0].name

    @property
    def title(self) -> str:
        """The name at the beginning of a sentence."""
        return self.name if self.asks != Asks.ALL else capfirst(self.name)

    @property
    def ticked(self) -> set[uuid.UUID]:
        return {collection.uid for collection in self.asked}


def place_in(fields: QueryDict) -> Place:
    """What a form or an address names."""
    value = fields.get("collection", "")
    ticked = tuple(filter(None, map(_uuid, fields.getlist("collections"))))
    if value == SEVERAL or (ticked and not value):
        return Place(collections=ticked)
    if value.startswith(ALL):
        return Place(workspace=_uuid(value.removeprefix(ALL)))
    return Place(collection=_uuid(value))


def address_of(asks: str, asked: Sequence[Collection]) -> str:
    """The page of a new question to the same collections."""
    fields: dict[str, str | list[str]] = {"collection": _value(Asks(asks), asked)}
    if asks == Asks.SEVERAL:
        fields["collections"] = [str(each.uid) for each in asked]
    return f"{reverse('new')}?{urlencode(fields, doseq=True)}" if asked else reverse("new")


def choice_for(viewer: Viewer, fields: QueryDict) -> Choice:
    """What the fields name if it can be asked; else what the viewer's newest conversation asks, else the first."""
    place = place_in(fields)
    ticking = fields.get("collection") == SEVERAL
    asked, asks = _named(viewer, place) or _last(viewer) or ([], Asks.ONE)
    listed = list(_offered(viewer, asked)[:LISTED])
    asked = asked or listed[:1]
    groups = [
        Group(workspace, list(each))
        for workspace, each in groupby(_by_workspace(listed), lambda row: row.workspace)
    ]
    return Choice(groups, asked, asks, SEVERAL if ticking else _value(asks, asked))


def _offered(viewer: Viewer, asked: Sequence[Collection]) -> QuerySet[Collection]:
    """Those at hand, and those that are asked now."""
    at_hand = Q(pk__in=collections_at_hand(viewer).values("pk")) | Q(pk__in=[each.pk for each in asked])
    rows = collections_for(viewer).filter(at_hand).select_related("workspace")
    return rows.order_by("-is_public", "workspace", Lower("name"), "pk")


def _named(viewer: Viewer, place: Place) -> tuple[Sequence[Collection], Asks] | None:
    if place == Place():
        return None
    try:
        return collections_at(viewer, place), place.asks
    except AppError:
        return None


def _last(viewer: Viewer) -> tuple[Sequence[Collection], Asks] | None:
    last = last_conversation_of(viewer)
    return (asked_by(last), Asks(last.asks)) if last else None


def _by_workspace(collections: Iterable[Collection]) -> list[Collection]:
    """Workspaces in the order of their first collection."""
    order: dict[int, int] = {}
    for each in collections:
        order.setdefault(each.workspace_id, len(order))
    return sorted(collections, key=lambda each: order[each.workspace_id])


def _value(asks: Asks, asked: Sequence[Collection]) -> str:
    if not asked:
        return ""
    if asks == Asks.ALL:
        return f"{ALL}{asked[0].workspace.uid}"
    return SEVERAL if asks == Asks.SEVERAL else str(asked[0].uid)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
