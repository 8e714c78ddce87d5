from __future__ import annotations

from celery import shared_task

from apps.api.idempotency import erase_old_records


@shared_task
def erase_old_requests() -> None:
    """What is left is erased at the next time."""
    erase_old_records()
