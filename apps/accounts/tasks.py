from __future__ import annotations

from importlib import import_module

from celery import shared_task
from django.conf import settings


@shared_task
def forget_ended_sessions() -> None:
    """Visitors' sessions and signed-in ones alike stay in the database after they expire."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
