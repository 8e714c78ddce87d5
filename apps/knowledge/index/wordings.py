"""The vectors of the wordings of FAQ entries, which a task makes in the background."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db.models import F

from apps.knowledge.index.embedded_text import EmbeddedText, text_hash
from apps.knowledge.index.embeddings import ensure_embeddings
from apps.knowledge.models import Collection, FaqWording
from apps.models.inference.interfaces import Encoder

AT_ONCE = 500


def encode_wordings(
    collection: Collection, encoder: Encoder, on_chunk: Callable[[Sequence[str]], None] = lambda hashes: None
) -> None:
    """Encode those of a collection that this encoder has not encoded; other processes are told by its `faq_version`."""
    missing = FaqWording.objects.filter(collection=collection).exclude(encoder_digest=encoder.digest)
    done = 0
    while rows := dict(missing.order_by("pk").values_list("pk", "text")[:AT_ONCE]):
        texts = {text_hash(text): EmbeddedText(text) for text in rows.values()}
        ensure_embeddings(collection.workspace_id, encoder, texts, on_chunk)
        marked = FaqWording.objects.filter(pk__in=list(rows), text_hash__in=list(texts))
        done += marked.update(encoder_digest=encoder.digest)
    if done:
        bump_faq(collection)


def bump_faq(collection: Collection) -> None:
    """Let every process read the collection's FAQ again."""
    Collection.objects.filter(pk=collection.pk).update(faq_version=F("faq_version") + 1)
