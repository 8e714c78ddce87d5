"""Claims on files: a worker claims a row with a lease, by the clock of the database, and each later step names the
attempt.

A worker that has lost its lease finds that its attempt is outdated and stops.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from apps.common.db import is_over, seconds_from_now, transition
from apps.knowledge.config import upload_config
from apps.knowledge.documents.parsed_document import FailureCode
from apps.knowledge.ingestion.notifications import notify_ingestion_changed
from apps.knowledge.models import OPEN_STATES, Ingestion, IngestionState

WORKING_STATES = (IngestionState.READING, IngestionState.INDEXING)


class LeaseLost(Exception):
    """The ingestion was cancelled, or another worker has taken it over."""


def claim(ingestion_id: int, *, ignore_attempt_limit: bool = False) -> Ingestion | None:
    """Claim the ingestion until the lease ends; None if another worker holds it, or if it is final or given up.

    Its state becomes indexing if its draft is complete, else reading. A file with too many failed attempts is given up,
    unless `ignore_attempt_limit`.
    """
    rows = claimable().filter(pk=ingestion_id)
    if not ignore_attempt_limit:
        _give_up(rows.filter(attempt__gte=upload_config().max_attempts))
    taken = {"attempt": F("attempt") + 1, "lease_until": _lease_end()}
    drafted = rows.filter(state=IngestionState.INDEXING)
    fresh = rows.exclude(state=IngestionState.INDEXING)
    if not (transition(drafted, **taken) or transition(fresh, **taken, **_RESTARTED)):
        return None
    return Ingestion.objects.select_related("collection", "workspace").get(pk=ingestion_id)


_RESTARTED = {"state": IngestionState.READING, "progress": 0, "total": 0, "indexed_passages": 0}


def claimable() -> QuerySet[Ingestion]:
    """Ingestions that wait, were put aside for another workspace's turn, or have an expired lease."""
    free = Q(lease_until__isnull=True) | is_over("lease_until", length=upload_config().lease_seconds)
    return Ingestion.objects.filter(Q(state=IngestionState.QUEUED) | Q(free, state__in=WORKING_STATES))


def owned_by(ingestion: Ingestion) -> QuerySet[Ingestion]:
    """The row, if this attempt still holds it. One that was put aside belongs to nobody."""
    held = Ingestion.objects.filter(state__in=WORKING_STATES, lease_until__isnull=False)
    return held.filter(pk=ingestion.pk, attempt=ingestion.attempt)


def renew(ingestion: Ingestion, **changes: Any) -> None:
    """Extend the lease, with progress or a new state. Raises LeaseLost."""
    if not transition(owned_by(ingestion), lease_until=_lease_end(), **changes):
        raise LeaseLost
    if changes:
        notify_ingestion_changed(ingestion)


def extend(ingestions: Sequence[Ingestion]) -> set[int]:
    """Extend the leases of those that this worker still holds; returns their ids."""
    attempts = {ingestion.pk: ingestion.attempt for ingestion in ingestions}
    rows = Ingestion.objects.filter(pk__in=attempts, state__in=WORKING_STATES, lease_until__isnull=False)
    found = rows.values_list("pk", "attempt")
    owned = {pk for pk, attempt in found if attempt == attempts[pk]}
    rows.filter(pk__in=owned).update(lease_until=_lease_end())
    return owned


def fail(ingestion: Ingestion, code: FailureCode) -> None:
    """End with a failure. The draft is cleaned up later. Raises LeaseLost."""
    finish(ingestion, state=IngestionState.FAILED, reason=code.value, version=None)


def finish(ingestion: Ingestion, **changes: Any) -> None:
    """Raises LeaseLost."""
    if not transition(owned_by(ingestion), lease_until=None, finished_at=Now(), **changes):
        raise LeaseLost
    notify_ingestion_changed(ingestion)


def close(ingestion: Ingestion, code: FailureCode) -> bool:
    """End an open ingestion from another process; False if it was final already. Its worker stops within a second."""
    rows = Ingestion.objects.filter(pk=ingestion.pk, state__in=OPEN_STATES)
    return _end(rows, ingestion, code)


def release(ingestion: Ingestion) -> None:
    """Return the file to the queue after an error in this process."""
    rows = owned_by(ingestion)
    if transition(rows.filter(state=IngestionState.INDEXING), lease_until=None) or transition(
        rows, state=IngestionState.QUEUED, lease_until=None
    ):
        notify_ingestion_changed(ingestion)


def put_aside(ingestion: Ingestion) -> None:
    """Return the file to the queue for another workspace's turn, or until there is disk space. The draft is kept, and
    the attempt does not count.
    """
    transition(owned_by(ingestion), lease_until=None, attempt=ingestion.attempt - 1)


def begin_again_later(ingestion: Ingestion) -> None:
    """Return the file to the queue without its draft, which is cleaned up. The attempt does not count."""
    changes = _RESTARTED | {"state": IngestionState.QUEUED, "version": None, "attempt": ingestion.attempt - 1}
    if transition(owned_by(ingestion), lease_until=None, **changes):
        notify_ingestion_changed(ingestion)


def release_all(ingestions: Iterable[Ingestion]) -> None:
    for ingestion in ingestions:
        release(ingestion)


@transaction.atomic
def _give_up(rows: QuerySet[Ingestion]) -> None:
    for ingestion in rows.select_related("collection"):
        _end(rows.filter(pk=ingestion.pk), ingestion, FailureCode.INTERRUPTED)


def _end(rows: QuerySet[Ingestion], ingestion: Ingestion, code: FailureCode) -> bool:
    changes = {"state": IngestionState.FAILED, "reason": code.value, "version": None}
    if not transition(rows, finished_at=Now(), lease_until=None, **changes):
        return False
    notify_ingestion_changed(ingestion)
    return True


def _lease_end() -> Combinable:
    return seconds_from_now(upload_config().lease_seconds)
