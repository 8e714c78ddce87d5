"""Celery's way into the services. Each may run twice. Tasks keep their names: messages refer to them."""

from __future__ import annotations

from celery import shared_task

from apps.chat import services


@shared_task
def answer_questions(*_: int) -> None:
    """Earlier versions sent the ids of answers: the waiting rows are the queue now."""
    services.answer_waiting()


@shared_task
def warm_up() -> None:
    services.warm_collections()


@shared_task
def sweep_answers() -> None:
    services.requeue_answers()


@shared_task
def request_suggestions() -> None:
    services.request_suggestions()


@shared_task
def suggest_questions(collection_id: int) -> None:
    for collection in services.outdated_collections().filter(
        pk=collection_id
    ):  # none if another task has looked
        services.refresh_suggestions(collection)
