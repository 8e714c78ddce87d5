"""Erases deleted conversations for good: a few hundred questions in a transaction, so that none is long."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from apps.chat.models import Conversation, Message
from apps.chat.selectors import grace_period
from apps.common.deleted_words import forget_deleted_words

AT_ONCE = 500  # questions, or conversations without any
BATCHES = 40  # of one run; the next run goes on
# A transaction that restores a conversation may have begun before the grace period ended: by then it has ended, too.
SLACK = timedelta(hours=1)


def erase_deleted_conversations() -> int:
    """Returns how many were erased. It may run twice at a time, and be interrupted."""
    erased = 0
    for _ in range(BATCHES):
        questions, conversations = _erase_some()
        erased += conversations
        if not questions and not conversations:
            break
    if erased:
        forget_deleted_words()
    return erased


@transaction.atomic
def _erase_some() -> tuple[int, int]:
    """Numbers of questions and of conversations. The conversations are locked first, as when an answer is completed."""
    over = list(_over().select_for_update().order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    questions = list(Message.objects.filter(conversation__in=over).values_list("pk", flat=True)[:AT_ONCE])
    Message.objects.filter(pk__in=questions).delete()
    if len(questions) == AT_ONCE:
        return len(questions), 0
    Conversation.objects.filter(pk__in=over).delete()
    return len(questions), len(over)


def _over() -> QuerySet[Conversation]:
    return Conversation.objects.filter(deleted_at__lt=Now() - grace_period() - SLACK)
