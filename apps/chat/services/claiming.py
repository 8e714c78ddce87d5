"""Workers claim questions. Each claimed row gets a lease, by the clock of the database, and the next attempt number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber

from apps.chat.answering.drafts import Question
from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState, Asks, Conversation
from apps.chat.selectors import owner_of_conversation
from apps.chat.services import notifications
from apps.chat.services.completing import LONGEST_PAUSE, Claim, give_up
from apps.chat.services.earlier_turns import with_turns
from apps.chat.services.places import asked_collections
from apps.common.db import is_over, seconds_from_now
from apps.knowledge.index.scope import Scope
from apps.knowledge.selectors import may_ask, scope_of, scope_of_all

BATCH = 32


def waiting_answers() -> QuerySet[Answer]:
    """Answers that may be claimed now. `lease_until` of a pending answer is the time when it may be tried again."""
    may_be_tried = Q(lease_until__isnull=True) | is_over("lease_until", length=LONGEST_PAUSE)
    return Answer.objects.filter(may_be_tried, state=AnswerState.PENDING)


def take_waiting(limit: int = BATCH) -> list[Answer]:
    """Take up to `limit` waiting questions, one of each workspace in turn, oldest first.

    A question that was tried before is taken alone, because it may have ended its last worker.
    """
    rows = list(_in_order(limit + 1))
    if len(rows) > limit:  # only then does it matter whose turn it is
        rows = list(_in_turn(limit))
    tried = [pk for pk, attempt in rows if attempt]
    return _take(tried[:1] or [pk for pk, _ in rows])


def _in_order(limit: int) -> Iterable[tuple[int, int]]:
    """(id, number of earlier attempts) of the oldest waiting answers."""
    with connection.cursor() as cursor:
        cursor.execute(*_oldest(limit))
        return [(pk, attempt) for pk, attempt in cursor.fetchall()]


@cache
def _oldest(limit: int) -> tuple[str, tuple[Any, ...]]:
    """A statement with its parameters. The ORM composes it once, because each look for waiting answers runs it."""
    rows = waiting_answers().order_by("pk").values_list("pk", "attempt")[:limit]
    return rows.query.sql_with_params()


def _in_turn(limit: int) -> Iterable[tuple[int, int]]:
    """Like `_in_order`: first those that were tried before, then one of each workspace in turn."""
    was_tried = Case(When(attempt__gt=0, then=0), default=1)
    turn = Window(RowNumber(), partition_by=F("workspace"), order_by=F("pk").asc())
    return waiting_answers().order_by(was_tried, turn, "pk").values_list("pk", "attempt")[:limit]


def claim_answers(answer_ids: Iterable[int]) -> list[Claim]:
    """Claims of those ids that are waiting and that nobody else has taken, in order of id."""
    return with_turns(permitted_claims(_take(list(answer_ids))))


def permitted_claims(answers: Sequence[Answer]) -> list[Claim]:
    """Claims of answers that were just taken, without earlier turns. Answers whose asker has lost access meanwhile are
    given up.

    Call it after the commit that took them: giving up locks the conversation before the answer, so no answer may be
    locked yet.
    """
    permitted = _permitted(answers)
    for answer in answers:
        if answer not in permitted:
            give_up(answer)
    notifications.working(permitted)
    return [Claim(answer, Question(answer.message.text, _scope(answer.conversation))) for answer in permitted]


def _scope(conversation: Conversation) -> Scope:
    if conversation.asks == Asks.ONE:
        return scope_of(conversation.collection)
    return scope_of_all(asked_collections(owner_of_conversation(conversation), conversation))


def _permitted(answers: Sequence[Answer]) -> list[Answer]:
    """Checks each asker once."""
    may: dict[tuple[int | None, str, int], bool] = {}
    for answer in answers:
        asker = _asker(answer.conversation)
        if asker not in may:
            may[asker] = _may_still_ask(answer.conversation)
    return [answer for answer in answers if may[_asker(answer.conversation)]]


def _asker(conversation: Conversation) -> tuple[int | None, str, int]:
    return conversation.user_id, conversation.visitor_key, conversation.collection_id


def _may_still_ask(conversation: Conversation) -> bool:
    return may_ask(owner_of_conversation(conversation), conversation.collection)


@transaction.atomic
def _take(answer_ids: Sequence[int]) -> list[Answer]:
    if not answer_ids:
        return []
    rows = Answer.objects.filter(pk__in=answer_ids, state=AnswerState.PENDING)
    related = "message", "conversation__collection__workspace", "conversation__user"
    locked = rows.select_for_update(skip_locked=True, of=("self",)).select_related(*related)
    answers = list(locked.order_by("pk"))
    lease = seconds_from_now(chat_config().lease_seconds)
    rows.filter(pk__in=[answer.pk for answer in answers]).update(
        state=AnswerState.RUNNING, attempt=F("attempt") + 1, lease_until=lease
    )
    for answer in answers:
        answer.state = AnswerState.RUNNING
        answer.attempt += 1
    return answers
