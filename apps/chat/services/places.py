"""What a question may be asked of: one collection, several of one workspace, or all of a workspace."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.accounts.viewer import Viewer
from apps.chat.models import Asks, Conversation
from apps.common.errors import AppError, Code, NotFound
from apps.knowledge.models import Collection
from apps.knowledge.selectors import collections_for, scope_of_all

MOST_TOGETHER = 100  # collections that one question may be asked of
NAMED = 3
NAME_CHARS = 90


@dataclass(frozen=True)
class Place:
    """Where a new conversation asks: one of the three, none for a conversation that goes on."""

    collection: uuid.UUID | None = None
    collections: tuple[uuid.UUID, ...] = ()
    workspace: uuid.UUID | None = None

    @property
    def number(self) -> int:
        """Of those that are given."""
        return sum((self.collection is not None, bool(self.collections), self.workspace is not None))

    @property
    def asks(self) -> Asks:
        if self.workspace is not None:
            return Asks.ALL
        return Asks.SEVERAL if len(set(self.collections)) > 1 else Asks.ONE


def collections_at(viewer: Viewer, place: Place) -> list[Collection]:
    """The collections with their workspace, private ones first, then by age. Raises NotFound if the viewer may not ask
    one of them, and AppError if they cannot be asked together.
    """
    rows = collections_for(viewer).select_related("workspace").order_by("is_public", "pk")
    if place.workspace is not None:
        found = list(rows.filter(workspace__uid=place.workspace)[: MOST_TOGETHER + 1])
    else:
        wanted = set(filter(None, (place.collection, *place.collections)))
        found = list(rows.filter(uid__in=list(wanted)[: MOST_TOGETHER + 1]))
        if len(found) < min(len(wanted), MOST_TOGETHER + 1):
            raise NotFound
    if not found:
        raise NotFound
    _check_together(found)
    return found


def begin_asking(conversation: Conversation, collections: Sequence[Collection]) -> None:
    """Store which collections a new conversation asks beside its first one."""
    if conversation.asks != Asks.ONE:
        conversation.further.set(collections[1:])


def ask_new_collections(viewer: Viewer, conversation: Conversation) -> None:
    """A conversation with all collections of its workspace asks those, too, that were created since. Raises AppError
    if they cannot be asked together.
    """
    if conversation.asks != Asks.ALL:
        return
    found = collections_at(viewer, Place(workspace=conversation.workspace.uid))
    conversation.further.set([each for each in found if each.pk != conversation.collection_id])


def asked_collections(viewer: Viewer, conversation: Conversation) -> list[Collection]:
    """Those that it asks and that the viewer may ask, with its first one in front."""
    further = collections_for(viewer).filter(pk__in=conversation.further.values("pk")).order_by("pk")
    return [conversation.collection, *further]


def names_of(asks: Asks, collections: Sequence[Collection]) -> str:
    """What a conversation asks, in words; "" for one collection, which has its own name."""
    if asks == Asks.ONE:
        return ""
    if asks == Asks.ALL:
        return _("all collections of %(workspace)s") % {"workspace": collections[0].workspace.name}
    shown = ", ".join(_short(each.name) for each in collections[:NAMED])
    left = len(collections) - NAMED
    if left <= 0:
        return shown
    more = ngettext("%(names)s and %(number)d more", "%(names)s and %(number)d more", left)
    return more % {"names": shown, "number": left}


def _check_together(collections: Sequence[Collection]) -> None:
    if len(collections) > MOST_TOGETHER:
        raise AppError(
            Code.INVALID,
            _("At most %(number)d collections can be asked together. Choose fewer.")
            % {"number": MOST_TOGETHER},
        )
    if len({each.workspace_id for each in collections}) > 1:
        raise AppError(Code.INVALID, _("Only collections of one workspace can be asked together."))
    if not scope_of_all(collections).encoder_digest:
        raise AppError(
            Code.CONFLICT,
            _("One of these collections is still being prepared. Ask one of them, or try again later."),
        )


def _short(name: str) -> str:
    return name if len(name) <= NAME_CHARS else f"{name[: NAME_CHARS - 1]}…"
