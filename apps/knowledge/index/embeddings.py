"""Stored vectors: one for each workspace, text and encoder, so that unchanged texts are not encoded again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, islice
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from apps.common.db import after_others
from apps.common.precedence import is_asked_lately, wait_for_questions
from apps.knowledge.index.embedded_text import EmbeddedText
from apps.knowledge.models import Embedding
from apps.models.inference.interfaces import WORD_DIMENSIONS, Encoder, Encoding, WordVectors

Vector = npt.NDArray[np.float32]
Item = TypeVar("Item")

TEXTS_AT_ONCE = (
    64  # encoded and stored together: takes a fraction of a second, after which the work may be stopped
)
# Characters that are encoded without a pause. On two processors 2,000 take about 0.2 s. 600 take 50 ms, as long as the
# answer to a question, and 10 % more time for each character.
STEP_CHARS, SHORT_STEP_CHARS = 2_000, 600
QUERY_PARAMETERS = 900  # SQLite's smallest limit is 999
_STORED = np.dtype("<f4")
NO_WORDS: WordVectors = np.empty((0, WORD_DIMENSIONS), np.int8)
_bulk_lock = (
    threading.Lock()
)  # only one long job at a time uses the processor; questions do not wait for this lock


def ensure_embeddings(
    workspace_id: int,
    encoder: Encoder,
    texts: Mapping[str, EmbeddedText],
    on_stored: Callable[[Sequence[str]], None],
) -> None:
    """Encode and store those of {hash: text} that are missing, outside of any transaction.

    `on_stored` is called with the stored hashes after each step, and may raise to stop the work.
    """
    with after_others(
        vectors_lock(workspace_id)
    ):  # or else a vector that is found now could be deleted as unused
        known = _stored(workspace_id, encoder, texts)
    if known:
        on_stored(sorted(known))
    missing = sorted((key for key in texts if key not in known), key=lambda key: len(texts[key].text))
    for chunk in chunked(missing, TEXTS_AT_ONCE):  # sorted by length, so that little padding is needed
        encoded = list(_encoded(encoder, [texts[key] for key in chunk]))
        _store(workspace_id, encoder.digest, dict(zip(chunk, encoded, strict=True)), texts)
        on_stored(chunk)


def vectors_lock(workspace_id: int) -> str:
    """Whoever deletes vectors locks it: texts are stored before it is looked up which of them have vectors."""
    return f"vectors of workspace {workspace_id}"


def _encoded(encoder: Encoder, rows: Sequence[EmbeddedText]) -> Iterator[Encoding]:
    """In steps between which questions are answered."""
    rest = list(rows)
    while rest:
        step = _first_step(rest, SHORT_STEP_CHARS if is_asked_lately() else STEP_CHARS)
        wait_for_questions()
        with _bulk_lock:
            yield from encoder.encode_words([row.text for row in step], [row.words or () for row in step])
        rest = rest[len(step) :]


def _first_step(rows: Sequence[EmbeddedText], chars: int) -> list[EmbeddedText]:
    """The first row, and those after it that fit into the number of characters."""
    ends = accumulate(len(row.text) for row in rows)
    return list(rows[: max(1, sum(end <= chars for end in ends))])


def _stored(workspace_id: int, encoder: Encoder, texts: Mapping[str, EmbeddedText]) -> set[str]:
    """Hashes for which everything wanted is stored. A text may be stored without the vectors of its words."""
    known = known_hashes(workspace_id, encoder.digest, list(texts))
    with_words = [key for key in known if texts[key].words is not None]
    return known - set(with_words) | known_hashes(workspace_id, encoder.digest, with_words, with_words=True)


def _store(
    workspace_id: int, digest: str, encoded: Mapping[str, Encoding], texts: Mapping[str, EmbeddedText]
) -> None:
    """Another process may store the same text at the same time. A row that has words never loses them."""
    plain, worded = [], []
    for key, encoding in encoded.items():
        vector = encoding.vector.astype(_STORED).tobytes()
        row = Embedding(workspace_id=workspace_id, text_hash=key, encoder_digest=digest, vector=vector)
        if texts[key].words is None:
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
    """Vectors by text hash. Texts that were not encoded are left out."""
    found: dict[str, Vector] = {}
    rows = Embedding.objects.filter(workspace_id=workspace_id, encoder_digest=encoder_digest)
    for chunk in chunked(hashes, QUERY_PARAMETERS):
        for key, stored in rows.filter(text_hash__in=chunk).values_list("text_hash", "vector"):
            found[key] = np.frombuffer(stored, _STORED)
    return found


def load_encodings(workspace_id: int, encoder_digest: str, hashes: Sequence[str]) -> dict[str, Encoding]:
    """Like load_vectors, with the vectors of words."""
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
