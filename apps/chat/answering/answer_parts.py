"""Several questions in one text: asked one by one, and joined into one answer that keeps them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from apps.chat.answering.drafts import AnswerDraft, PartDraft, Question, Status
from apps.chat.answering.follow_ups import FollowUpKind, Turn, kind_of, settled
from apps.chat.answering.question_parts import question_parts

RATED = frozenset((Status.ANSWERED, Status.APPROVED))


def split_up(question: Question, turns: int) -> list[Question]:
    """The question itself if it asks one thing. Later ones may refer to those before them, of which the last `turns`
    are looked at.
    """
    texts = question_parts(question.text)
    if len(texts) == 1:
        return [question]
    return [
        replace(question, text=text, turns=_before(question, texts[:number], text, turns))
        for number, text in enumerate(texts)
    ]


def _before(question: Question, earlier: Sequence[str], text: str, turns: int) -> tuple[Turn, ...]:
    if kind_of(text) == FollowUpKind.WHOLE:
        return ()
    typed = (Turn(each, as_typed=True) for each in earlier)
    return settled((*question.turns, *typed))[-turns:] if turns else ()


def joined(questions: Sequence[Question], drafts: Sequence[AnswerDraft]) -> AnswerDraft:
    """One draft of all; the draft itself if there is one."""
    if len(drafts) == 1:
        return drafts[0]
    status = _status([draft.status for draft in drafts])
    last = drafts[-1]
    return replace(
        drafts[0],
        status=status,
        confidence=min(draft.confidence for draft in drafts),
        resolved_question=" ".join(draft.resolved_question for draft in drafts),
        base_question=last.base_question or last.resolved_question,
        quotes=tuple(quote for draft in drafts for quote in draft.quotes),
        nearest=tuple(quote for draft in drafts for quote in draft.nearest),
        ranked=tuple(passage for draft in drafts for passage in draft.ranked),
        timings_ms={
            "retrieve": max(draft.timings_ms.get("retrieve", 0.0) for draft in drafts),
            "read": round(sum(draft.timings_ms.get("read", 0.0) for draft in drafts), 3),
        },
        missing=tuple(dict.fromkeys(word for draft in drafts for word in draft.missing)),
        language=next((draft.language for draft in drafts if draft.language), ""),
        named_place="",
        unresolved=all(draft.unresolved for draft in drafts),
        approved=next((draft.approved for draft in drafts if draft.approved), None),
        trace={"parts": [draft.trace for draft in drafts]},
        lacking="",
        first_quote=min(draft.first_quote for draft in drafts),
        weak=status == Status.PARTIAL and any(draft.weak or not draft.quotes for draft in drafts),
        parts=tuple(
            PartDraft(question.text, draft) for question, draft in zip(questions, drafts, strict=True)
        ),
    )


def _status(statuses: Sequence[Status]) -> Status:
    """Answered if all of them are; refused if none is."""
    if RATED.issuperset(statuses):
        return Status.ANSWERED
    return Status.REFUSED if set(statuses) == {Status.REFUSED} else Status.PARTIAL
