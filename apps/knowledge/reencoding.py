"""A collection under another encoder: every live text is encoded anew first, then the collection switches at once."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from apps.common.db import transition
from apps.knowledge.embedded_text import EmbeddedText, embedded_passage, embedded_sentence
from apps.knowledge.embeddings import ensure_embeddings
from apps.knowledge.models import Collection, DocumentVersion, VersionState
from apps.knowledge.publishing import bump_store
from apps.models.inference.engine import get_encoder


def adopt_encoder(collection: Collection) -> bool:
    """Switch to the digest that the collection's encoder has today; False if there is nothing to do.

    Raises EncoderUnavailable.
    """
    encoder = get_encoder(collection.encoder)
    old = collection.encoder_digest
    if encoder.digest == old:
        return False
    for version in _live(collection):
        ensure_embeddings(collection.workspace_id, encoder, dict(_texts(version)), lambda hashes: None)
    with transaction.atomic():
        bump_store(collection.workspace_id)
        switched = transition(
            Collection.objects.filter(pk=collection.pk, encoder_digest=old), encoder_digest=encoder.digest
        )
    collection.encoder_digest = encoder.digest
    return switched


def _live(collection: Collection) -> Iterator[DocumentVersion]:
    versions = DocumentVersion.objects.filter(document__collection=collection, state=VersionState.PUBLISHED)
    return versions.iterator(chunk_size=20)


def _texts(version: DocumentVersion) -> Iterator[tuple[str, EmbeddedText]]:
    """Sentences last: where one is a whole passage too, its words are wanted."""
    for passage in version.passages.prefetch_related("sentences"):
        yield passage.text_hash, embedded_passage(passage.context, passage.text)
        for sentence in passage.sentences.all():
            text = version.text[sentence.start : sentence.end]
            yield sentence.text_hash, embedded_sentence(passage.context, sentence.context, text)
