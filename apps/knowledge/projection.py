"""Carries changes of the live passages to a store outside the database, in order and at least once."""

from __future__ import annotations

from django.db import transaction

from apps.knowledge.models import OutboxEntry
from apps.knowledge.store.factory import get_store


def project_outbox() -> int:
    """Empty the outbox; returns the number of changes carried."""
    carried = 0
    while _project_next():
        carried += 1
    return carried


@transaction.atomic
def _project_next() -> bool:
    """The row stays locked meanwhile: two processes must not bring the same version to two states."""
    entry = OutboxEntry.objects.select_for_update().order_by("pk").first()
    if entry is None:
        return False
    get_store().project(entry.version_id)
    entry.delete()
    return True
