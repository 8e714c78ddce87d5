"""The basis of an answer as one JSON document that is addressed by its sha256 (format quoth-manifest/2).

It is enough to verify the answer (apps.common.proof) and to ask again under the same conditions. It has no words of the
documents, so that they are gone when a document is erased.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

from apps.chat.answering.drafts import AnswerDraft, Question, QuoteSpan
from apps.chat.config import decision_config
from apps.common.config import config_digest
from apps.common.proof import FORMAT, digest, span_sha256

LIBRARIES = ("numpy", "onnxruntime", "snowballstemmer", "tokenizers")


@dataclass(frozen=True)
class SourceDigests:
    """The recorded digests of one document version."""

    original_sha256: str
    text_sha256: str


@dataclass(frozen=True)
class Manifest:
    content: dict[str, Any]
    sha256: str


def build_manifest(question: Question, draft: AnswerDraft, sources: Mapping[int, SourceDigests]) -> Manifest:
    """A pure function. `sources` contains every quoted version, by its id."""
    decision = decision_config().of(question.scope.encoder)
    content = {
        "format": FORMAT,
        "question": question.text,
        "resolved_question": draft.resolved_question,
        "base_question": draft.base_question or draft.resolved_question,
        "collections": list(question.scope.collection_uids),
        "store_version": draft.store_version,
        "encoder": {"name": question.scope.encoder, "digest": question.scope.encoder_digest},
        "reader": None,
        "calibrator": decision.digest(),
        "config_sha256": config_digest(),
        "thresholds": decision.thresholds(),
        "libraries": _libraries(),
        "status": str(draft.status),
        "confidence": draft.confidence,
        "first_quote": draft.first_quote,
        "weak": draft.weak,
        "missing": [{"word": each.word} for each in draft.missing],
        "language_not_held": draft.language,
        "small_talk": draft.small_talk,
        "named_place": draft.named_place,
        "unresolved": draft.unresolved,
        "approved": approved_record(draft),
        "parts": [
            part | {"missing": [{"word": each["word"]} for each in part["missing"]]}
            for part in part_records(draft)
        ],
        "quotes": [_quote(span, sources[span.version_id]) for span in draft.quotes],
    }
    return Manifest(content, digest(content))


def meant_words(draft: AnswerDraft) -> dict[str, str] | None:
    """What is kept beside the manifest: {word of the question: similar word of the documents}, or None."""
    missing = (*draft.missing, *(word for part in draft.parts for word in part.draft.missing))
    return {each.word: each.meant for each in missing if each.meant} or None


def with_meant(missing: Iterable[Mapping[str, str]], meant: Mapping[str, str] | None) -> list[dict[str, str]]:
    """Missing words of a manifest, each with the similar word of the documents, or ""."""
    return [{"word": each["word"], "meant": (meant or {}).get(each["word"], "")} for each in missing]


def part_records(draft: AnswerDraft) -> list[dict[str, Any]]:
    """What was decided for each question of a text that asks several. Their quotes and nearest passages follow each
    other among those of the answer; `quotes` and `nearest` count them.
    """
    return [_part(part.question, part.draft, part.draft.approved is draft.approved) for part in draft.parts]


def _part(question: str, draft: AnswerDraft, is_approved: bool) -> dict[str, Any]:
    return {
        "question": question,
        "resolved_question": draft.resolved_question,
        "status": str(draft.status),
        "confidence": draft.confidence,
        "first_quote": draft.first_quote,
        "weak": draft.weak,
        "missing": [word._asdict() for word in draft.missing],
        "language_not_held": draft.language,
        "named_place": draft.named_place,
        "unresolved": draft.unresolved,
        "approved": is_approved and draft.approved is not None,
        "quotes": len(draft.quotes),
        "nearest": len(draft.nearest),
    }


def approved_record(draft: AnswerDraft) -> dict[str, str] | None:
    """What is kept of an approved answer, so that it can be shown as it was given."""
    if draft.approved is None:
        return None
    return {
        "entry": draft.approved.entry_uid,
        "text": draft.approved.text,
        "role": draft.approved.role,
        "approved_at": draft.approved.approved_at,
    }


def _quote(span: QuoteSpan, source: SourceDigests) -> dict[str, str | int | bool]:
    return {
        "document_uid": span.document_uid,
        "version": span.version_uid,
        "original_sha256": source.original_sha256,
        "text_sha256": source.text_sha256,
        "start": span.start,
        "end": span.end,
        "sha256": span_sha256(span.text),
        "unreliable": span.unreliable,
    }


@cache
def _libraries() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES}
