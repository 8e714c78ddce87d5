"""What an encoder is to the rest of the product, which knows no model, no size and no runtime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
WordVectors = npt.NDArray[np.int8]
Spans = Sequence[tuple[int, int]]

WORD_DIMENSIONS = (
    128  # of a word's vector, whatever the model's: products change by about a tenth (docs/decisions/0019)
)
WORD_UNIT = 127  # what stands for a length of 1


@dataclass(frozen=True)
class Encoding:
    """A text's unit vector (dimensions,), and the vectors of its words as they are meant in this text: a row for each
    token of a wanted word, (tokens, WORD_DIMENSIONS), of length WORD_UNIT.
    """

    vector: Vectors
    words: WordVectors


class Encoder(Protocol):
    """Turns texts into unit vectors; safe to call from several threads."""

    @property
    def name(self) -> str:
        """The key under `encoders:` in quoth.yaml."""

    @property
    def digest(self) -> str:
        """64 hex digits: vectors may be compared only if their digests are equal."""

    @property
    def dimensions(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """Longer texts are cut here: the rest does not change the vector."""

    def warm_up(self) -> None:
        """Load now what the first `encode` would load. Raises EncoderUnavailable."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row a text: (n, dimensions). Raises EncoderUnavailable."""

    def encode_words(self, texts: Sequence[str], wanted: Sequence[Spans]) -> list[Encoding]:
        """One a text, with its words that lie in its wanted [start, end) spans of characters, before the cut at
        `max_tokens`. Raises EncoderUnavailable.
        """

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Whole length of each text, its two marks included; may exceed `max_tokens`."""
