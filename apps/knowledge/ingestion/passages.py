"""Rows of passages and sentences from their spans, and the texts that stand for them in the encoder."""

from __future__ import annotations

from collections.abc import Sequence

from apps.knowledge.chunking.segment import PassageSpan
from apps.knowledge.index.analyzer import count_stems
from apps.knowledge.index.embedded_text import (
    EmbeddedText,
    embedded_passage,
    embedded_sentence,
    passage_context,
    text_hash,
)
from apps.knowledge.models import DocumentVersion, Passage, Sentence


def add_passages(
    version: DocumentVersion, collection_id: int, spans: Sequence[tuple[int, PassageSpan]]
) -> dict[str, EmbeddedText]:
    """Insert (position, span) of a draft; returns the texts to encode by hash."""
    texts: dict[str, EmbeddedText] = {}
    passages = [_passage(version, collection_id, position, span, texts) for position, span in spans]
    Passage.objects.bulk_create(passages)
    sentences = [
        sentence
        for passage, (_, span) in zip(passages, spans, strict=True)
        for sentence in _sentences(version, passage, span, texts)
    ]
    Sentence.objects.bulk_create(sentences)
    return texts


def _passage(
    version: DocumentVersion,
    collection_id: int,
    position: int,
    span: PassageSpan,
    texts: dict[str, EmbeddedText],
) -> Passage:
    context = passage_context(version.title, span.heading_path)
    text = version.text[span.start : span.end]
    encoded = embedded_passage(context, text)
    terms = count_stems(encoded.text)
    return Passage(
        workspace_id=version.workspace_id,
        collection_id=collection_id,
        version=version,
        position=position,
        start=span.start,
        end=span.end,
        page=span.page,
        heading_path=list(span.heading_path),
        context=context,
        text=text,
        text_hash=_note(encoded, texts),
        terms=terms,
        term_text=" ".join(terms),
        length=terms.total(),
    )


def _sentences(
    version: DocumentVersion, passage: Passage, span: PassageSpan, texts: dict[str, EmbeddedText]
) -> list[Sentence]:
    return [
        Sentence(
            workspace_id=version.workspace_id,
            passage=passage,
            position=position,
            start=sentence.start,
            end=sentence.end,
            context=sentence.context,
            text_hash=_note(
                embedded_sentence(
                    passage.context, sentence.context, version.text[sentence.start : sentence.end]
                ),
                texts,
            ),
        )
        for position, sentence in enumerate(span.sentences)
    ]


def _note(text: EmbeddedText, texts: dict[str, EmbeddedText]) -> str:
    """A passage of one sentence is the same text: then the sentence's words are wanted."""
    key = text_hash(text.text)
    if key not in texts or text.words_from is not None:
        texts[key] = text
    return key
