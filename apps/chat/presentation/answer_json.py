"""An answer as commands print it: the object of `ask --json`, from what is stored or from a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from apps.chat.answering.drafts import AnswerDraft, Question, QuoteSpan
from apps.chat.answering.manifest import approved_record, part_records, with_meant
from apps.chat.config import decision_config
from apps.chat.models import Answer, Quote
from apps.chat.presentation.replies import reply_to
from apps.chat.selectors import StoredQuote, quotes_of

AnswerJson = dict[str, Any]
Span = QuoteSpan | StoredQuote


@dataclass(frozen=True)
class _Content:
    """What a stored answer and a draft have in common."""

    status: str
    confidence: float
    resolved_question: str
    quotes: Sequence[Span]
    nearest: Sequence[Span]
    model: Mapping[str, str]
    timings_ms: Mapping[str, float]
    missing: Sequence[Mapping[str, str]]
    language: str
    reply: str
    named_place: str
    unresolved: bool
    approved: AnswerJson | None
    first_quote: float
    weak: bool
    parts: Sequence[Mapping[str, Any]]


def answer_json(answer: Answer) -> AnswerJson:
    """A finished answer, read from the database with its quotes; one query."""
    [shown_json] = answers_json([answer], answer.conversation.asked_name)
    return shown_json


def answers_json(answers: Sequence[Answer], collection: str) -> list[AnswerJson]:
    """Finished answers from what has that name; one query for the quotes of all."""
    quotes = quotes_of(answers)
    return [_stored(answer, quotes.get(answer.pk, []), collection) for answer in answers]


def _stored(answer: Answer, quotes: Sequence[StoredQuote], collection: str) -> AnswerJson:
    manifest = answer.manifest or {}
    content = _Content(
        status=answer.status,
        confidence=answer.confidence or 0.0,
        resolved_question=manifest["resolved_question"],
        quotes=[quote for quote in quotes if quote.kind == Quote.Kind.QUOTE],
        nearest=[quote for quote in quotes if quote.kind == Quote.Kind.NEAREST],
        model=_model(manifest["encoder"]["name"], manifest["encoder"]["digest"], manifest["calibrator"]),
        timings_ms=answer.timings_ms,
        missing=with_meant(manifest.get("missing", []), answer.meant),
        language=manifest.get("language_not_held", ""),
        reply=reply_to(manifest.get("small_talk", ""), collection),
        named_place=manifest.get("named_place", ""),
        unresolved=manifest.get("unresolved", False),
        approved=manifest.get("approved") if answer.faq_entry_id else None,
        first_quote=manifest.get("first_quote", 0.0),
        weak=manifest.get("weak", False),
        parts=[
            part | {"missing": with_meant(part["missing"], answer.meant)}
            for part in manifest.get("parts", [])
        ],
    )
    return _object(content, str(answer.uid))


def draft_json(question: Question, draft: AnswerDraft, collection: str) -> AnswerJson:
    """An answer that is not stored: its id is empty. `collection` is the name of the one that was asked."""
    scope = question.scope
    content = _Content(
        status=draft.status.value,
        confidence=draft.confidence,
        resolved_question=draft.resolved_question,
        quotes=draft.quotes,
        nearest=draft.nearest,
        model=_model(scope.encoder, scope.encoder_digest, decision_config().of(scope.encoder).digest()),
        timings_ms=draft.timings_ms,
        missing=[word._asdict() for word in draft.missing],
        language=draft.language,
        reply=reply_to(draft.small_talk, collection),
        named_place=draft.named_place,
        unresolved=draft.unresolved,
        approved=approved_record(draft),
        first_quote=draft.first_quote,
        weak=draft.weak,
        parts=part_records(draft),
    )
    return _object(content, "")


def ranked_json(draft: AnswerDraft) -> list[AnswerJson]:
    """Retrieved passages, best first."""
    return [
        {
            "document": row.document_path,
            "start": row.start,
            "end": row.end,
            "text": row.text,
            "score": row.scores.fused,
        }
        for row in draft.ranked
    ]


def _object(content: _Content, answer_id: str) -> AnswerJson:
    return {
        "status": content.status,
        "answer": _answer(content),
        "confidence": content.confidence,
        "resolved_question": content.resolved_question,
        "quotes": [_span(span) for span in content.quotes],
        "nearest": [_span(span) for span in content.nearest],
        "missing": [dict(word) for word in content.missing],
        "language_not_held": content.language,
        "named_place": content.named_place,
        "unresolved": content.unresolved,
        "approved": content.approved,
        "first_quote": content.first_quote,
        "weak": content.weak,
        "parts": _parts(content),
        "model": dict(content.model),
        "timings_ms": dict(content.timings_ms),
        "answer_id": answer_id,
    }


def _parts(content: _Content) -> list[AnswerJson]:
    """Each with what is its own."""
    quotes, nearest = iter(content.quotes), iter(content.nearest)
    return [
        _part(
            part,
            list(islice(quotes, part["quotes"])),
            list(islice(nearest, part["nearest"])),
            content.approved if part["approved"] else None,
        )
        for part in content.parts
    ]


def _part(
    part: Mapping[str, Any], quotes: Sequence[Span], nearest: Sequence[Span], approved: AnswerJson | None
) -> AnswerJson:
    return {
        **part,
        "answer": str(approved["text"]) if approved else "\n".join(span.text for span in quotes),
        "quotes": [_span(span) for span in quotes],
        "nearest": [_span(span) for span in nearest],
        "approved": approved,
    }


def _answer(content: _Content) -> str:
    if content.approved:
        return str(content.approved["text"])
    return content.reply or "\n".join(span.text for span in content.quotes)


def _span(span: Span) -> AnswerJson:
    return {
        "document": span.document_path,
        "version": str(span.version_uid),
        "start": span.start,
        "end": span.end,
        "text": span.text,
        "heading": " › ".join(span.heading_path),
        "page": span.page,
        "page_label": span.page_label or None,
        "more": span.more,
        "unreliable": span.unreliable,
        "marked": [_marked(span, start, end) for start, end in span.marked],
    }


def _marked(span: Span, start: int, end: int) -> AnswerJson:
    """The offsets count in the text of the version, as those of the quote do."""
    return {"start": span.start + start, "end": span.start + end, "text": span.text[start:end]}


def _model(encoder: str, encoder_digest: str, calibrator: str) -> dict[str, str]:
    return {"encoder": encoder, "encoder_digest": encoder_digest, "calibrator": calibrator}
