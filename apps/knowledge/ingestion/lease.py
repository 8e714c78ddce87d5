"""Who works on a file: a row is claimed with a lease by the database's clock, and every later step names the attempt.

A worker that was taken for dead finds its attempt outdated and stops.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from apps.common.config import config
from apps.common.db import is_over, seconds_from_now, transition
from apps.knowledge.ingestion.notifications import notify_ingestion_changed
from apps.knowledge.models import DocumentVersion, Ingestion, IngestionState, VersionState
from apps.knowledge.parsing.document import FailureCode

OPEN_STATES = (IngestionState.QUEUED, IngestionState.READING, IngestionState.INDEXING)
WORKING_STATES = (IngestionState.READING, IngestionState.INDEXING)


class LeaseLost(Exception):
    """Cancelled, or taken over by another worker."""


def claim(ingestion_id: int, *, ignore_attempt_limit: bool = False) -> Ingestion | None:
    """The ingestion in state reading, ours until the lease ends; None if it is another's, final or given up.

    A file that broke off too often is given up, unless a person stands by who is `patient`.
    """
    rows = claimable().filter(pk=ingestion_id)
    if not ignore_attempt_limit:
        _give_up(rows.filter(attempt__gte=config().uploads.max_attempts))
    won = transition(
        rows,
        state=IngestionState.READING,
        attempt=F("attempt") + 1,
        lease_until=_lease_end(),
        progress=0,
        total=0,
    )
    return Ingestion.objects.select_related("collection", "workspace").get(pk=ingestion_id) if won else None


def claimable() -> QuerySet[Ingestion]:
    """Waiting, or left by a worker that gave no sign of life for the length of a lease."""
    lease_is_over = is_over("lease_until", length=config().uploads.lease_seconds)
    abandoned = Q(state__in=WORKING_STATES) & lease_is_over
    return Ingestion.objects.filter(Q(state=IngestionState.QUEUED) | abandoned)


def owned_by(ingestion: Ingestion) -> QuerySet[Ingestion]:
    """The row, while this attempt still owns it."""
    return Ingestion.objects.filter(pk=ingestion.pk, attempt=ingestion.attempt, state__in=WORKING_STATES)


def renew(ingestion: Ingestion, **changes: Any) -> None:
    """Extend the lease, with progress or a new state. Raises LeaseLost."""
    if not transition(owned_by(ingestion), lease_until=_lease_end(), **changes):
        raise LeaseLost
    notify_ingestion_changed(ingestion)


def fail(ingestion: Ingestion, code: FailureCode) -> None:
    """Final, without a draft. Raises LeaseLost."""
    with transaction.atomic():
        finish(ingestion, state=IngestionState.FAILED, reason=code.value)
        _discard_draft(ingestion)


def finish(ingestion: Ingestion, **changes: Any) -> None:
    """Raises LeaseLost."""
    if not transition(owned_by(ingestion), lease_until=None, finished_at=Now(), **changes):
        raise LeaseLost
    notify_ingestion_changed(ingestion)


def close(ingestion: Ingestion, code: FailureCode) -> bool:
    """End an open ingestion from outside, and take its draft away; False if it was final already.

    Call it inside a transaction.
    """
    rows = Ingestion.objects.filter(pk=ingestion.pk, state__in=OPEN_STATES)
    if not transition(
        rows, state=IngestionState.FAILED, reason=code.value, finished_at=Now(), lease_until=None
    ):
        return False
    _discard_draft(ingestion)
    notify_ingestion_changed(ingestion)
    return True


def extend(ingestions: Sequence[Ingestion]) -> None:
    for ingestion in ingestions:
        owned_by(ingestion).update(lease_until=_lease_end())


def release(ingestion: Ingestion) -> None:
    """Back to the queue, when the work broke off in this process."""
    if transition(owned_by(ingestion), state=IngestionState.QUEUED, lease_until=None):
        notify_ingestion_changed(ingestion)


def _discard_draft(ingestion: Ingestion) -> None:
    draft = Ingestion.objects.filter(pk=ingestion.pk).values("version")
    DocumentVersion.objects.filter(pk__in=draft, state=VersionState.DRAFT).delete()


@transaction.atomic
def _give_up(rows: QuerySet[Ingestion]) -> None:
    changes = {"state": IngestionState.FAILED, "reason": FailureCode.INTERRUPTED.value}
    for ingestion in rows.select_related("collection"):
        if transition(rows.filter(pk=ingestion.pk), finished_at=Now(), lease_until=None, **changes):
            _discard_draft(ingestion)
            notify_ingestion_changed(ingestion)


def _lease_end() -> Combinable:
    return seconds_from_now(config().uploads.lease_seconds)
