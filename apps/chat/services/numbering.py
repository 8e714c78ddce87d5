"""The numbers of a conversation's questions and answers. A row stays locked until the transaction ends, so that numbers
have no gaps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import connection
from django.db.models import F

from apps.chat.models import Conversation

_TAKE = """
UPDATE chat_conversation SET last_seq = last_seq + 1 WHERE id IN ({ids}) RETURNING id, last_seq, user_id, visitor_key
"""


def take_seq(conversation: Conversation) -> int | None:
    """The next number, or None if the conversation was deleted. Also updates its owner, since a visitor may have
    signed in.
    """
    numbers = _take([conversation])
    return numbers.get(conversation.pk)


def take_seqs(conversations: Sequence[Conversation]) -> dict[int, list[int]]:
    """{conversation id: a number for each time that it is given}, as by `take_seq`.

    Conversations are locked in order of id, so that two transactions never wait for each other.
    """
    times: defaultdict[int, list[Conversation]] = defaultdict(list)
    for conversation in conversations:
        times[conversation.pk].append(conversation)
    if len(times) > 1:
        rows = Conversation.objects.filter(pk__in=times).order_by("pk")
        list(rows.select_for_update().values_list("pk"))
    taken: defaultdict[int, list[int]] = defaultdict(list)
    for turn in range(max(map(len, times.values()), default=0)):
        numbers = _take([each[turn] for each in times.values() if turn < len(each)])
        for pk, seq in numbers.items():
            taken[pk].append(seq)
    return dict(taken)


def give_back(numbers: Mapping[int, Sequence[int]]) -> None:
    """Return numbers that were not needed, in the transaction that took them."""
    for conversation_id, seqs in numbers.items():
        if seqs:
            Conversation.objects.filter(pk=conversation_id).update(last_seq=F("last_seq") - len(seqs))


def _take(conversations: Sequence[Conversation]) -> dict[int, int]:
    by_id = {conversation.pk: conversation for conversation in conversations}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE.format(ids=", ".join(["%s"] * len(by_id))), list(by_id))
        rows = cursor.fetchall()
    for pk, _, user_id, visitor_key in rows:
        by_id[pk].user_id, by_id[pk].visitor_key = user_id, visitor_key
    return {pk: int(seq) for pk, seq, *_ in rows}
