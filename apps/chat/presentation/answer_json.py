"""An answer as commands print it: the object of `ask --json`, from what is stored or from a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.chat.answering.drafts import AnswerDraft, Question, QuoteSpan
from apps.chat.config import decision_config
from apps.chat.models import Answer, Quote
from apps.knowledge.documents.stored_spans import span_words

AnswerJson = dict[str, Any]


@dataclass(frozen=True)
class _Content:
    """What a stored answer and a draft have in common."""

    status: str
    confidence: float
    resolved_question: str
    quotes: Sequence[QuoteSpan]
    nearest: Sequence[QuoteSpan]
    model: Mapping[str, str]
    timings_ms: Mapping[str, float]


def answer_json(answer: Answer) -> AnswerJson:
    """A finished answer, read from the database with its quotes; one query."""
    manifest = answer.manifest or {}
    spans = _stored_spans(answer)
    content = _Content(
        status=answer.status,
        confidence=answer.confidence or 0.0,
        resolved_question=manifest["resolved_question"],
        quotes=spans[Quote.Kind.QUOTE],
        nearest=spans[Quote.Kind.NEAREST],
        model=_model(manifest["encoder"]["name"], manifest["encoder"]["digest"], manifest["calibrator"]),
        timings_ms=answer.timings_ms,
    )
    return _object(content, str(answer.uid))


def draft_json(question: Question, draft: AnswerDraft) -> AnswerJson:
    """An answer that is not stored: its id is empty."""
    scope = question.scope
    content = _Content(
        status=draft.status.value,
        confidence=draft.confidence,
        resolved_question=draft.resolved_question,
        quotes=draft.quotes,
        nearest=draft.nearest,
        model=_model(scope.encoder, scope.encoder_digest, decision_config().digest()),
        timings_ms=draft.timings_ms,
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
        "answer": "\n".join(span.text for span in content.quotes),
        "confidence": content.confidence,
        "resolved_question": content.resolved_question,
        "quotes": [_span(span) for span in content.quotes],
        "nearest": [_span(span) for span in content.nearest],
        "model": dict(content.model),
        "timings_ms": dict(content.timings_ms),
        "answer_id": answer_id,
    }


def _span(span: QuoteSpan) -> AnswerJson:
    return {
        "document": span.document_path,
        "version": span.version_uid,
        "start": span.start,
        "end": span.end,
        "text": span.text,
        "heading": " › ".join(span.heading_path),
        "page": span.page,
    }


def _model(encoder: str, encoder_digest: str, calibrator: str) -> dict[str, str]:
    return {"encoder": encoder, "encoder_digest": encoder_digest, "calibrator": calibrator}


def _stored_spans(answer: Answer) -> dict[str, list[QuoteSpan]]:
    found: dict[str, list[QuoteSpan]] = {kind: [] for kind in Quote.Kind.values}
    rows = (
        answer.quotes.select_related("version__document")
        .defer("version__text", "version__layout")
        .annotate(words=span_words())
        .order_by("position")
    )
    for row in rows:
        found[row.kind].append(
            QuoteSpan(
                version_id=row.version_id,
                version_uid=str(row.version.uid),
                document_uid=str(row.version.document.uid),
                document_path=row.version.document.path,
                title=row.version.title,
                heading_path=tuple(row.heading_path),
                page=row.page,
                start=row.start,
                end=row.end,
                text=row.words,
            )
        )
    return found
