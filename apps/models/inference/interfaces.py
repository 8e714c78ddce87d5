"""The interface of encoders. The rest of the product depends on no particular model, size or runtime."""

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
WORD_UNIT = 127  # represents a length of 1


@dataclass(frozen=True)
class Encoding:
    """A text's unit vector (dimensions,), and the vectors of its words in the context of this text: a row for each
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
        """Longer texts are truncated: the rest does not change the vector."""

    def warm_up(self) -> None:
        """Load everything that the first `encode` would load. Raises EncoderUnavailable."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text: (n, dimensions). Raises EncoderUnavailable."""

    def encode_words(self, texts: Sequence[str], wanted: Sequence[Spans]) -> list[Encoding]:
        """One encoding for each text, with the vectors of the words inside its wanted [start, end) spans of characters
        and within the first `max_tokens` tokens. Raises EncoderUnavailable.
        """

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The full length of each text, including the two special tokens; may exceed `max_tokens`."""
