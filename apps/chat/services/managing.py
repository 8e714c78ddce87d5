"""What the owner of a conversation does with it: rename, pin, delete and restore. Each is one guarded UPDATE."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from apps.accounts.viewer import Viewer
from apps.chat.models import Conversation, ShareLink
from apps.chat.selectors import conversation_for, conversations_for, deleted_conversations_for
from apps.common.db import lock_until_commit, transition
from apps.common.errors import AppError, Code, NotFound
from apps.common.names import clean_name

LONGEST_TITLE = 200
MOST_PINNED = 20
NO_TITLE = _("Enter a name with visible characters.")


def rename_conversation(viewer: Viewer, uid: uuid.UUID, title: str) -> None:
    """Raises AppError, and NotFound for a conversation that is not the viewer's."""
    name = clean_name(title)
    if not name:
        raise AppError(Code.INVALID, NO_TITLE)
    if len(name) > LONGEST_TITLE:
        problem = _("The name is longer than %(limit)d characters. Shorten it.") % {"limit": LONGEST_TITLE}
        raise AppError(Code.TOO_LONG, problem)
    _change(viewer, uid, title=name)


@transaction.atomic
def pin_conversation(viewer: Viewer, uid: uuid.UUID) -> None:
    """Raises AppError if the viewer has pinned as many as they may, NotFound as above."""
    conversation = conversation_for(viewer, uid)
    lock_until_commit(f"pinned by {conversation.user_id} {conversation.visitor_key}")
    others = conversations_for(viewer).filter(pinned_at__isnull=False).exclude(pk=conversation.pk)
    if len(others.values_list("pk")[:MOST_PINNED]) == MOST_PINNED:
        problem = _("You can pin %(limit)d conversations. Unpin another one first.") % {"limit": MOST_PINNED}
        raise AppError(Code.CONFLICT, problem)
    _change(viewer, uid, pinned_at=Coalesce(F("pinned_at"), Now()))


def unpin_conversation(viewer: Viewer, uid: uuid.UUID) -> None:
    _change(viewer, uid, pinned_at=None)


@transaction.atomic
def delete_conversation(viewer: Viewer, uid: uuid.UUID) -> None:
    """Nobody finds it from now on; its owner may restore it during the grace period, without its links. A question that
    is being worked on is still answered, so that nothing is missing after that. One that is deleted already stays so.
    """
    links = ShareLink.objects.filter(conversation__in=conversations_for(viewer).filter(uid=uid))
    links.filter(revoked_at=None).update(revoked_at=Now())
    deleted = transition(_only(conversations_for(viewer).filter(uid=uid)), deleted_at=Now(), pinned_at=None)
    if not deleted and not deleted_conversations_for(viewer).filter(uid=uid).exists():
        raise NotFound


def restore_conversation(viewer: Viewer, uid: uuid.UUID) -> None:
    """Raises NotFound, also after the grace period. One that has been restored already stays as it is."""
    restored = _only(deleted_conversations_for(viewer).filter(uid=uid))
    if not transition(restored, deleted_at=None):
        conversation_for(viewer, uid)


def _change(viewer: Viewer, uid: uuid.UUID, **changes: Any) -> None:
    if not transition(_only(conversations_for(viewer).filter(uid=uid)), **changes):
        raise NotFound


def _only(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """An UPDATE has no order."""
    return rows.order_by()
