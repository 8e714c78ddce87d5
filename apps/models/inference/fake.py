"""A deterministic encoder without a model, for tests: texts that share word stems are near one another."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
import snowballstemmer

from apps.models.inference.interfaces import WORD_DIMENSIONS, WORD_UNIT, Encoding, Spans, Vectors, WordVectors

_WORD = re.compile(r"\w+")
LETTERS = 4  # in a token: longer words are split, as real tokenizers split the words that they do not know


class FakeEncoder:
    """Each stem is a fixed random direction; a text is the unit sum of its stems' directions."""

    dimensions = WORD_DIMENSIONS
    max_tokens = 256

    def __init__(self, name: str = "fake") -> None:
        self.name = name
        self.digest = hashlib.sha256(b"quoth fake encoder 2").hexdigest()

    def warm_up(self) -> None:
        """There is nothing to load."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._vector(text)
        return vectors

    def encode_words(self, texts: Sequence[str], wanted: Sequence[Spans]) -> list[Encoding]:
        vectors = self.encode(texts)
        return [
            Encoding(vector, self._words(text, spans))
            for vector, text, spans in zip(vectors, texts, wanted, strict=True)
        ]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [sum(map(_tokens, _stems(text))) + 2 for text in texts]

    def _words(self, text: str, spans: Spans) -> WordVectors:
        """A word's direction is the same in every text, and in each of its tokens."""
        read = list(_WORD.finditer(text))[: self.max_tokens - 2]
        words = [found[0] for found in read if any(start <= found.start() < end for start, end in spans)]
        rows = [_unit(stem) for word in words for stem in _stems(word) for _ in range(_tokens(stem))]
        return np.stack(rows) if rows else np.empty((0, WORD_DIMENSIONS), np.int8)

    def _vector(self, text: str) -> Vectors:
        # The mark keeps an empty text from having no direction at all.
        stems = ["", *_stems(text)[: self.max_tokens - 2]]
        total = sum(
            (_direction(stem, self.dimensions) for stem in stems), np.zeros(self.dimensions, np.float32)
        )
        unit: Vectors = total / np.linalg.norm(total)
        return unit


def _stems(text: str) -> list[str]:
    # A stemmer of its own per call: it keeps state, and encoders are called from several threads.
    return list(snowballstemmer.stemmer("english").stemWords(_WORD.findall(text.casefold())))


def _direction(stem: str, dimensions: int) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(stem.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(dimensions, np.float32)


def _unit(stem: str) -> WordVectors:
    direction = _direction(stem, WORD_DIMENSIONS)
    small: WordVectors = np.rint(direction / np.linalg.norm(direction) * WORD_UNIT).astype(np.int8)
    return small


def _tokens(stem: str) -> int:
    return -(-len(stem) // LETTERS)
