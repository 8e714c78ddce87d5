"""Limits on questions, counted in the database. Visitors are also limited by network address, whatever their
session.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.accounts.viewer import Viewer
from apps.chat.config import chat_config
from apps.chat.models import Message
from apps.chat.selectors import counted_questions, understood
from apps.common import ratelimit
from apps.common.addresses import subscriber_of
from apps.common.db import lock_until_commit
from apps.common.errors import AppError, Code

HOUR = 3600
MESSAGES_A_QUESTION = 4


def check_limits(viewer: Viewer, address: str) -> int | None:
    """Raises AppError when the viewer has asked as often as they may. Call it in the transaction that stores the
    question.

    Returns how many more questions a visitor may ask within the hour after this one; None for a signed-in person or an
    API key.
    """
    if viewer.user is None and viewer.workspace is None:
        return _check_visitor(viewer.visitor_key, address)
    _check_member(viewer.user, viewer.visitor_key)
    return None


def _check_member(user: User | None, key: str) -> None:
    """Of a person, or of an API key. What was not understood counts only towards a limit of all messages, which
    protects the server.
    """
    lock_until_commit(f"questions of user {user.pk}" if user else f"questions of {key}")
    limit = chat_config().member_questions_per_minute
    recent = Message.objects.filter(
        conversation__user=user, conversation__visitor_key=key, created_at__gt=Now() - timedelta(minutes=1)
    )
    if not _reaches(recent, limit):
        return
    if _reaches(understood(recent), limit) or _reaches(recent, MESSAGES_A_QUESTION * limit):
        raise AppError(
            Code.TOO_MANY, _("That is %(limit)d questions in a minute. Wait a moment.") % {"limit": limit}
        )


def _reaches(messages: QuerySet[Message], limit: int) -> bool:
    """Faster than counting all of them."""
    return bool(messages.values_list("pk")[limit - 1 : limit])


def _check_visitor(visitor_key: str, address: str) -> int:
    lock_until_commit(f"questions of visitor {visitor_key}")
    limit = chat_config().visitor_questions_per_hour
    asked = list(
        counted_questions(visitor_key).order_by("-created_at").values_list("created_at", flat=True)[:limit]
    )
    if len(asked) == limit:
        raise AppError(Code.TOO_MANY, _visitor_limit(limit, asked[-1] if asked else None))
    if not _address_may(address):
        raise AppError(Code.TOO_MANY, _visitor_limit(limit, None))
    return limit - len(asked) - 1


def _visitor_limit(limit: int, oldest: datetime | None) -> str:
    """Says when the oldest question no longer counts, if that is what one waits for."""
    rule = _("Without an account you can ask %(limit)d questions an hour.") % {"limit": limit}
    if oldest is None:
        return rule + " " + _("Come back later, or use an account to go on now.")
    left = oldest + timedelta(seconds=HOUR) - timezone.now()
    minutes = max(1, math.ceil(left.total_seconds() / 60))
    again = ngettext(
        "Ask again in %(n)d minute, or use an account to go on now.",
        "Ask again in %(n)d minutes, or use an account to go on now.",
        minutes,
    )
    return rule + " " + again % {"n": minutes}


def _address_may(address: str) -> bool:
    limit = chat_config().address_questions_per_hour
    return not address or ratelimit.take(f"visitors at {subscriber_of(address)}", limit=limit, seconds=HOUR)
