"""How long a deleted document or collection can be restored."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from apps.knowledge.config import document_config

# A transaction that restores may have begun before the grace period ended: by then it has ended, too.
SLACK = timedelta(hours=1)


def grace_period() -> timedelta:
    return timedelta(days=document_config().deleted_days)


def can_be_restored() -> Q:
    """Of documents and of collections."""
    return Q(deleted_at__gt=Now() - grace_period(), erased_at=None)


def is_to_be_erased() -> Q:
    """Rows whose grace period is over, and those whose erasure has begun."""
    return Q(deleted_at__lt=Now() - grace_period() - SLACK) | Q(erased_at__isnull=False)
