"""Chooses whose files are worked on next. Workspaces take turns, so that a thousand files of one do not delay
others.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Case, Exists, Max, Min, OuterRef, When
from django.db.models.functions import Coalesce, Now

from apps.knowledge.config import upload_config
from apps.knowledge.ingestion.lease import WORKING_STATES, claimable
from apps.knowledge.ingestion.pipeline import Pipeline
from apps.knowledge.models import Ingestion, IngestionState, StoreState

TURN_SECONDS = 3.0
FILES_IN_A_TURN = 200

_choosing = threading.Lock()
_worked_on: set[int] = set()  # workspaces that threads of this process work on


def take_turn() -> bool:
    """Work for a while on the files of the workspace whose turn it is; False when none waits that may be read now.

    A turn ends when its time is over and another workspace's files wait, or when its own are finished.
    """
    workspace_id = _begin_turn()
    if workspace_id is None:
        return False
    try:
        return _work_on(workspace_id) > 0
    finally:
        _worked_on.discard(workspace_id)


def _begin_turn() -> int | None:
    """The lock prevents two threads of this process from taking the same workspace between two of its files."""
    with _choosing:
        workspace_id = _next_workspace()
        if workspace_id is not None:
            _worked_on.add(workspace_id)
            _note_turn(workspace_id)
    return workspace_id


def _work_on(workspace_id: int) -> int:
    """Returns how many files were claimed."""
    ends = time.monotonic() + TURN_SECONDS

    def must_yield() -> bool:
        return time.monotonic() >= ends and _others_wait(workspace_id)

    return Pipeline(must_yield=must_yield).run(_waiting_files(workspace_id, ends))


def _next_workspace() -> int | None:
    """Of those with waiting files and without a worker, the one whose last turn is longest ago.

    Without `uploads.one_worker_per_workspace`, workspaces that have a worker follow after the others.
    """
    busy = Ingestion.objects.filter(
        workspace=OuterRef("workspace"), state__in=WORKING_STATES, lease_until__gte=Now()
    )
    waiting = (
        claimable()
        .values("workspace")
        .annotate(
            turn=Coalesce(Max("workspace__store_state__ingest_turn"), 0),
            first=Min("pk"),
            is_busy=Exists(busy),
        )
    )
    if upload_config().one_worker_per_workspace:
        waiting = waiting.filter(is_busy=False).exclude(workspace__in=_worked_on)
    return waiting.order_by("is_busy", "turn", "first").values_list("workspace", flat=True).first()


@transaction.atomic
def _note_turn(workspace_id: int) -> None:
    last = StoreState.objects.aggregate(last=Max("ingest_turn"))["last"] or 0
    StoreState.objects.get_or_create(workspace_id=workspace_id)
    StoreState.objects.filter(workspace_id=workspace_id).update(ingest_turn=last + 1)


def _others_wait(workspace_id: int) -> bool:
    return claimable().exclude(workspace=workspace_id).exists()


def _waiting_files(workspace_id: int, ends: float) -> Iterator[int]:
    """Ids of files of one collection: first those that were put aside, then in order of arrival.

    Yields at least one, and none after `ends` if other workspaces wait.
    """
    rows = claimable().filter(workspace=workspace_id)
    is_new = Case(When(state=IngestionState.INDEXING, then=0), default=1)
    found = list(rows.order_by(is_new, "pk").values_list("pk", "collection_id")[:FILES_IN_A_TURN])
    for place, (pk, collection_id) in enumerate(found):
        if place and time.monotonic() >= ends and _others_wait(workspace_id):
            return
        if collection_id == found[0][1]:
            yield pk
