"""Follow-up questions of a batch: what each may refer to, and the order in which they are answered."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from apps.chat.answering.follow_ups import LONGEST, FollowUpKind, Turn, kind_of, settled
from apps.chat.answering.question_parts import question_parts
from apps.chat.config import follow_up_config
from apps.chat.selectors import turns_before
from apps.chat.services.completing import Claim


def in_turn(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    """The claims in groups, to be answered one after the other, each with its earlier turns.

    A question that may refer to an earlier one of its conversation is in a later group. The turns are read when the
    group is taken, so that what the earlier question was searched as is known by then.
    """
    following = _following(claims)
    for group in _groups(claims, following):
        yield _with_turns(group, following)


def with_turns(claims: Sequence[Claim]) -> list[Claim]:
    """The same claims, with the earlier turns of those that may be follow-ups."""
    return _with_turns(claims, _following(claims))


def _following(claims: Sequence[Claim]) -> set[int]:
    """The ids of answers whose questions may refer to earlier ones."""
    messages = {claim.answer.pk: claim.answer.message for claim in claims if claim.answer.message.seq > 1}
    return {
        pk
        for pk, message in messages.items()
        if kind_of(question_parts(message.text)[0]) != FollowUpKind.WHOLE
    }


def _groups(claims: Sequence[Claim], following: Collection[int]) -> list[list[Claim]]:
    groups: list[list[Claim]] = []
    last: dict[int, int] = {}  # conversation: the last group with a question of it
    for claim in claims:
        before = last.get(claim.answer.conversation_id, -1)
        place = before + 1 if claim.answer.pk in following else 0
        last[claim.answer.conversation_id] = max(before, place)
        if place == len(groups):
            groups.append([])
        groups[place].append(claim)
    return groups


def _with_turns(claims: Sequence[Claim], following: Collection[int]) -> list[Claim]:
    """Runs two queries if there are any follow-ups."""
    asked = [claim.answer.message for claim in claims if claim.answer.pk in following]
    before = turns_before(asked, follow_up_config().turns, LONGEST)
    turns = {
        message.pk: settled([Turn(*each) for each in earlier])
        for message, earlier in zip(asked, before, strict=True)
    }
    return [
        replace(claim, question=replace(claim.question, turns=turns[claim.answer.message_id]))
        if claim.answer.message_id in turns
        else claim
        for claim in claims
    ]
