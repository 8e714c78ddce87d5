"""How often one may ask. Counted in the database; for visitors by network address too, whatever their session."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.accounts.viewer import Viewer
from apps.chat.models import Message
from apps.common import ratelimit
from apps.common.addresses import subscriber_of
from apps.common.config import config
from apps.common.errors import AppError, Code

HOUR = 3600


def check_limits(viewer: Viewer, address: str) -> None:
    """Raises AppError when the viewer has asked as often as they may."""
    if viewer.user is None:
        _check_visitor(viewer.visitor_key, address)
        return
    limit = config().chat.member_questions_per_minute
    recent = Message.objects.filter(
        conversation__user=viewer.user, created_at__gt=Now() - timedelta(minutes=1)
    )
    if recent.count() >= limit:
        raise AppError(
            Code.TOO_MANY, _("That is %(limit)d questions in a minute. Wait a moment.") % {"limit": limit}
        )


def _check_visitor(visitor_key: str, address: str) -> None:
    limit = config().chat.visitor_questions_per_hour
    recent = Message.objects.filter(
        conversation__visitor_key=visitor_key,
        conversation__user=None,
        created_at__gt=Now() - timedelta(hours=1),
    )
    if recent.count() >= limit or not _address_may(address):
        raise AppError(
            Code.TOO_MANY,
            _(
                "Without an account you may ask %(limit)d questions an hour. Sign in to go on, or come back later."
            )
            % {"limit": limit},
        )


def _address_may(address: str) -> bool:
    limit = config().chat.address_questions_per_hour
    return not address or ratelimit.take(f"visitors at {subscriber_of(address)}", limit=limit, seconds=HOUR)
