"""The waiting rows are the queue: what lost its worker waits again, and workers are called for what waits too long."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState
from apps.chat.services import notifications
from apps.chat.services.claiming import waiting_answers
from apps.chat.services.completing import give_up
from apps.common.db import is_over, transition

AT_ONCE = 500


def requeue_answers(*, abandoned: bool = False) -> int:
    """Return to the queue every answer whose lease has ended; with `abandoned`, all claimed ones, since no worker
    lives. Returns how many were found.
    """
    claimed = Answer.objects.filter(state=AnswerState.RUNNING)
    lost = (
        claimed if abandoned else claimed.filter(is_over("lease_until", length=chat_config().lease_seconds))
    )
    found = list(lost.select_related("conversation__user").order_by("pk")[:AT_ONCE])
    for answer in found:
        _requeue(answer)
    if waiting_answers().exists():
        notifications.waiting()
    return len(found)


@transaction.atomic
def _requeue(answer: Answer) -> None:
    if answer.attempt >= chat_config().max_attempts:
        give_up(answer)
    else:
        transition(_unchanged(answer), state=AnswerState.PENDING, lease_until=None)


def _unchanged(answer: Answer) -> QuerySet[Answer]:
    """The row as it was read: a worker or another process may have been quicker."""
    return Answer.objects.filter(
        pk=answer.pk, state=answer.state, attempt=answer.attempt, lease_until=answer.lease_until
    )
