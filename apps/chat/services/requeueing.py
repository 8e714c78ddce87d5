"""The database is the queue of record: what lost its worker or its place in the broker's queue is sent again."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState
from apps.chat.services import notifications as news
from apps.chat.services.completing import POSTPONED_SECONDS, give_up
from apps.common.db import is_over, seconds_from_now, transition

AT_ONCE = 500
OPEN = (AnswerState.PENDING, AnswerState.RUNNING)


def sweep_answers(*, abandoned: bool = False) -> int:
    """Send again every answer whose lease has ended; with `abandoned`, all open ones, since no worker lives.

    Returns how many were found.
    """
    rows = Answer.objects.filter(state__in=OPEN)
    lost = rows if abandoned else rows.filter(_has_lost_its_lease())
    found = list(lost.select_related("conversation__user").order_by("pk")[:AT_ONCE])
    for answer in found:
        _return(answer)
    return len(found)


def _has_lost_its_lease() -> Q:
    return is_over("lease_until", length=max(chat_config().lease_seconds, POSTPONED_SECONDS))


@transaction.atomic
def _return(answer: Answer) -> None:
    if answer.attempt >= chat_config().max_attempts:
        give_up(answer)
        return
    lease = seconds_from_now(chat_config().lease_seconds)
    if transition(_unchanged(answer), state=AnswerState.PENDING, lease_until=lease):
        news.waiting(answer)


def _unchanged(answer: Answer) -> QuerySet[Answer]:
    """The row as it was read: another sweeper or worker may have been quicker."""
    return Answer.objects.filter(
        pk=answer.pk, state=answer.state, attempt=answer.attempt, lease_until=answer.lease_until
    )
