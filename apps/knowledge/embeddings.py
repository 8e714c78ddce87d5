"""Stored vectors: one for each workspace, text and encoder, so that an unchanged text is never encoded again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from apps.knowledge.models import Embedding
from apps.models.inference.interfaces import Encoder

Vector = npt.NDArray[np.float32]
Item = TypeVar("Item")

TEXTS_AT_ONCE = 512  # enough to fill the encoder's batches with texts of like length; seconds of work
QUERY_PARAMETERS = 900  # SQLite's smallest limit is 999
_STORED = np.dtype("<f4")


def ensure_embeddings(
    workspace_id: int, encoder: Encoder, texts: Mapping[str, str], on_chunk: Callable[[Sequence[str]], None]
) -> None:
    """Encode what is missing of {hash: text}, outside of any transaction; `on_chunk` gets the hashes just stored."""
    known = known_hashes(workspace_id, encoder.digest, list(texts))
    if known:
        on_chunk(sorted(known))
    missing = [key for key in texts if key not in known]
    for chunk in chunked(missing, TEXTS_AT_ONCE):
        vectors = encoder.encode([texts[key] for key in chunk]).astype(_STORED)
        Embedding.objects.bulk_create(
            [
                Embedding(
                    workspace_id=workspace_id,
                    text_hash=key,
                    encoder_digest=encoder.digest,
                    vector=row.tobytes(),
                )
                for key, row in zip(chunk, vectors, strict=True)
            ],
            ignore_conflicts=True,  # another process may be reading a file that holds the same text
        )
        on_chunk(chunk)


def known_hashes(workspace_id: int, encoder_digest: str, hashes: Sequence[str]) -> set[str]:
    known: set[str] = set()
    rows = Embedding.objects.filter(workspace_id=workspace_id, encoder_digest=encoder_digest)
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


def chunked(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
