from __future__ import annotations

from importlib import import_module

from celery import shared_task
from django.conf import settings

from apps.accounts.erasing import erase_closed as erase
from apps.accounts.session_list import forget_rows_of_ended_sessions, write_use
from apps.accounts.workspaces.invitations import forget_expired_invitations


@shared_task
def forget_ended_sessions() -> None:
    """Visitors' sessions and signed-in ones alike stay in the database after they expire."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    forget_rows_of_ended_sessions()


@shared_task
def forget_invitations() -> None:
    """Runs once a day; twice is harmless."""
    forget_expired_invitations()


@shared_task
def erase_closed() -> None:
    erase()


@shared_task
def write_session_use(pk: int) -> None:
    """Runs for a row of the list of sessions; twice is harmless."""
    write_use(pk)
