from __future__ import annotations

from celery import shared_task

from apps.api import partial_uploads
from apps.api.idempotency import erase_old_records


@shared_task
def erase_old_requests() -> None:
    """What is left is erased at the next time."""
    erase_old_records()


@shared_task
def erase_old_uploads() -> None:
    """The parts of files that were never completed; what is left is erased at the next time."""
    partial_uploads.erase_old_uploads()
