"""Stored vectors: one for each workspace, text and encoder, so that an unchanged text is never encoded again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from apps.knowledge.index.analyzer import word_spans
from apps.knowledge.index.embedded_text import EmbeddedText
from apps.knowledge.models import Embedding
from apps.models.inference.interfaces import WORD_DIMENSIONS, Encoder, Encoding, Spans, WordVectors

Vector = npt.NDArray[np.float32]
Item = TypeVar("Item")

TEXTS_AT_ONCE = 512  # enough to fill the encoder's batches with texts of like length; seconds of work
QUERY_PARAMETERS = 900  # SQLite's smallest limit is 999
_STORED = np.dtype("<f4")
NO_WORDS: WordVectors = np.empty((0, WORD_DIMENSIONS), np.int8)


def ensure_embeddings(
    workspace_id: int,
    encoder: Encoder,
    texts: Mapping[str, EmbeddedText],
    on_chunk: Callable[[Sequence[str]], None],
) -> None:
    """Encode what is missing of {hash: text}, outside of any transaction; `on_chunk` gets the hashes just stored."""
    known = known_hashes(workspace_id, encoder.digest, list(texts))
    known -= {key for key in known if texts[key].words_from is not None} - known_hashes(
        workspace_id, encoder.digest, sorted(known), with_words=True
    )
    if known:
        on_chunk(sorted(known))
    missing = [key for key in texts if key not in known]
    for chunk in chunked(missing, TEXTS_AT_ONCE):
        rows = [texts[key] for key in chunk]
        read = encoder.read([row.text for row in rows], [_wanted(row) for row in rows])
        _store(workspace_id, encoder.digest, dict(zip(chunk, read, strict=True)), texts)
        on_chunk(chunk)


def _wanted(row: EmbeddedText) -> Spans:
    return () if row.words_from is None else word_spans(row.text, row.words_from)


def _store(
    workspace_id: int, digest: str, read: Mapping[str, Encoding], texts: Mapping[str, EmbeddedText]
) -> None:
    """Another process may be reading a file that holds the same text; a row with words is never left without."""
    plain, worded = [], []
    for key, encoding in read.items():
        vector = encoding.vector.astype(_STORED).tobytes()
        row = Embedding(workspace_id=workspace_id, text_hash=key, encoder_digest=digest, vector=vector)
        if texts[key].words_from is None:
            plain.append(row)
        else:
            row.words = encoding.words.tobytes()
            worded.append(row)
    Embedding.objects.bulk_create(plain, ignore_conflicts=True)
    Embedding.objects.bulk_create(
        worded,
        update_conflicts=True,
        unique_fields=["workspace", "text_hash", "encoder_digest"],
        update_fields=["words"],
    )


def known_hashes(
    workspace_id: int, encoder_digest: str, hashes: Sequence[str], *, with_words: bool = False
) -> set[str]:
    known: set[str] = set()
    rows = Embedding.objects.filter(workspace_id=workspace_id, encoder_digest=encoder_digest)
    if with_words:
        rows = rows.filter(words__isnull=False)
    for chunk in chunked(hashes, QUERY_PARAMETERS):
        known.update(rows.filter(text_hash__in=chunk).values_list("text_hash", flat=True))
    return known


def load_vectors(workspace_id: int, encoder_digest: str, hashes: Sequence[str]) -> dict[str, Vector]:
    """Vectors by text hash; a text that was never encoded is left out."""
    found: dict[str, Vector] = {}
    rows = Embedding.objects.filter(workspace_id=workspace_id, encoder_digest=encoder_digest)
    for chunk in chunked(hashes, QUERY_PARAMETERS):
        for key, stored in rows.filter(text_hash__in=chunk).values_list("text_hash", "vector"):
            found[key] = np.frombuffer(stored, _STORED)
    return found


def load_encodings(workspace_id: int, encoder_digest: str, hashes: Sequence[str]) -> dict[str, Encoding]:
    """As load_vectors, and with the words."""
    found: dict[str, Encoding] = {}
    rows = Embedding.objects.filter(workspace_id=workspace_id, encoder_digest=encoder_digest)
    for chunk in chunked(hashes, QUERY_PARAMETERS):
        for key, vector, words in rows.filter(text_hash__in=chunk).values_list(
            "text_hash", "vector", "words"
        ):
            small = np.frombuffer(words, np.int8).reshape(-1, WORD_DIMENSIONS) if words else NO_WORDS
            found[key] = Encoding(np.frombuffer(vector, _STORED), small)
    return found


def chunked(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
