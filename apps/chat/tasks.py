"""Celery tasks that call the services. Each may run twice. Their names stay, because messages refer to them."""

from __future__ import annotations

from celery import shared_task

from apps.chat import services


@shared_task
def answer_questions(*_: int) -> None:
    """Earlier versions sent the ids of answers, which are ignored: the waiting rows are the queue."""
    services.answer_waiting()


@shared_task
def warm_up() -> None:
    services.warm_collections()


@shared_task(name="apps.chat.tasks.sweep_answers")
def requeue_answers() -> None:
    services.requeue_answers()


@shared_task
def erase_conversations() -> None:
    services.erase_deleted_conversations()


@shared_task
def index_conversations() -> None:
    """What an earlier version, which had no search, has stored."""
    services.index_missing()


@shared_task
def request_suggestions() -> None:
    services.request_suggestions()


@shared_task
def suggest_questions(collection_id: int) -> None:
    # None if another task has done it already.
    for collection in services.collections_with_old_suggestions().filter(pk=collection_id):
        services.refresh_suggestions(collection)
