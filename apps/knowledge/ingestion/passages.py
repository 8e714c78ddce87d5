"""Inserts the passages and sentences of a draft from the rows of the reading process."""

from __future__ import annotations

from collections.abc import Sequence

from apps.knowledge.chunking.rows import PassageRow, SentenceRow
from apps.knowledge.index.embedded_text import pack_offsets
from apps.knowledge.models import DocumentVersion, Passage, Sentence


def add_passages(
    version: DocumentVersion, collection_id: int, first: int, rows: Sequence[PassageRow], texts: Sequence[str]
) -> None:
    """`first` is the position of the first passage; `texts` are their texts. Call it inside a transaction."""
    passages = [
        _passage(version, collection_id, first + place, row, text)
        for place, (row, text) in enumerate(zip(rows, texts, strict=True))
    ]
    Passage.objects.bulk_create(passages)
    Sentence.objects.bulk_create(
        _sentence(version, passage, position, sentence)
        for passage, row in zip(passages, rows, strict=True)
        for position, sentence in enumerate(row.sentences)
    )


def _passage(
    version: DocumentVersion, collection_id: int, position: int, row: PassageRow, text: str
) -> Passage:
    return Passage(
        workspace_id=version.workspace_id,
        collection_id=collection_id,
        version=version,
        position=position,
        start=row.start,
        end=row.end,
        page=row.page,
        heading_path=list(row.heading_path),
        context=row.context,
        text=text,
        text_hash=row.text_hash,
        terms=row.terms,
        term_text=" ".join(row.terms),
        length=sum(row.terms.values()),
    )


def _sentence(version: DocumentVersion, passage: Passage, position: int, row: SentenceRow) -> Sentence:
    return Sentence(
        workspace_id=version.workspace_id,
        passage=passage,
        position=position,
        start=row.start,
        end=row.end,
        context=row.context,
        text_hash=row.text_hash,
        word_offsets=pack_offsets(row.word_offsets),
        is_code=row.is_code,
        unit_start=row.unit_start,
        unit_end=row.unit_end,
        more=row.more,
        inline_code=list(row.inline_code) or None,
    )
