"""A worker takes questions: each row is leased by the database's clock, and counts its attempt."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, QuerySet

from apps.accounts.viewer import Viewer
from apps.chat.answering.drafts import Question
from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState, Conversation
from apps.chat.services import notifications as news
from apps.chat.services.completing import Claim, give_up
from apps.common.db import seconds_from_now, transition
from apps.knowledge.selectors import may_ask, scope_of


def claim_answers(answer_ids: Iterable[int], *, untried: bool = False) -> list[Claim]:
    """Those of the ids that wait and that nobody else has taken, in order of id; with `untried`, first attempts
    alone.
    """
    waiting = Answer.objects.filter(state=AnswerState.PENDING)
    taken = _taken(waiting.filter(attempt=0) if untried else waiting, answer_ids)
    claims = [_permitted(answer) for answer in taken]
    return [claim for claim in claims if claim is not None]


@transaction.atomic
def _taken(waiting: QuerySet[Answer], answer_ids: Iterable[int]) -> list[Answer]:
    answers = [_take(waiting.filter(pk=answer_id), answer_id) for answer_id in sorted(set(answer_ids))]
    return [answer for answer in answers if answer is not None]


def _take(waiting: QuerySet[Answer], answer_id: int) -> Answer | None:
    lease = seconds_from_now(chat_config().lease_seconds)
    if not transition(waiting, state=AnswerState.RUNNING, attempt=F("attempt") + 1, lease_until=lease):
        return None
    rows = Answer.objects.select_related(
        "message", "conversation__collection__workspace", "conversation__user"
    )
    return rows.get(pk=answer_id)


def _permitted(answer: Answer) -> Claim | None:
    """After the commit of the claim: an end locks the conversation before the answer, so nothing may be locked yet."""
    if not _may_still_ask(answer.conversation):
        give_up(answer)
        return None
    news.working(answer)
    return Claim(answer, Question(answer.message.text, scope_of(answer.conversation.collection)))


def _may_still_ask(conversation: Conversation) -> bool:
    owner = Viewer(user=conversation.user, visitor_key=conversation.visitor_key)
    return may_ask(owner, conversation.collection)
