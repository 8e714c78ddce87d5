"""Brings an answer as it is stored now before the verifier."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.files.storage import default_storage

from apps.chat.models import Answer, Quote
from apps.common.proof import QuoteRow, Record, Source, Verdict, verify
from apps.knowledge.models import DocumentVersion


def verify_answer(answer: Answer) -> Verdict:
    """Re-reads original file, text and rows of every quote. The caller has checked access to the answer."""
    quotes = list(answer.quotes.filter(kind=Quote.Kind.QUOTE).select_related("version").order_by("position"))
    rows = tuple(QuoteRow(str(row.version.uid), row.start, row.end, row.sha256) for row in quotes)
    record = Record(answer.status, answer.manifest, answer.manifest_sha256, rows)
    return verify(record, dict(_sources({row.version for row in quotes})))


def _sources(versions: set[DocumentVersion]) -> Iterator[tuple[str, Source]]:
    for version in versions:
        original = _original(version)
        if original is not None:
            yield (
                str(version.uid),
                Source(original, version.original_sha256, version.text, version.text_sha256),
            )


def _original(version: DocumentVersion) -> bytes | None:
    """The original's bytes, or None when the file is gone: the verifier then names the missing source."""
    try:
        with default_storage.open(version.original, "rb") as file:
            data: bytes = file.read()
            return data
    except FileNotFoundError:
        return None
