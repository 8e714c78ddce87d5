"""Carries changes of the live passages to a store outside the database, at least once."""

from __future__ import annotations

from django.db.models import F

from apps.common.db import is_over, seconds_from_now, transition
from apps.knowledge.index.stores.factory import get_store
from apps.knowledge.models import OutboxEntry

LEASE_SECONDS = 60


def project_outbox() -> int:
    """Carry every change that nobody else is carrying; returns their number. No transaction is open meanwhile.

    Raises what the store raises: that change then waits until its lease ends, and the others go before it.
    """
    carried = 0
    while entry := _take_next():
        get_store().project(entry.version_id)
        entry.delete()
        carried += 1
    return carried


def _take_next() -> OutboxEntry | None:
    """None, too, if another process was quicker: it takes the rest. A document is one process's at a time."""
    leased = OutboxEntry.objects.exclude(lease_until=None)
    held = leased.exclude(is_over("lease_until", length=LEASE_SECONDS)).values("version__document")
    free = OutboxEntry.objects.exclude(version__document__in=held)
    entry = free.order_by(F("lease_until").asc(nulls_first=True), "pk").first()
    if entry is None:
        return None
    unchanged = OutboxEntry.objects.filter(pk=entry.pk, lease_until=entry.lease_until)
    return entry if transition(unchanged, lease_until=seconds_from_now(LEASE_SECONDS)) else None
