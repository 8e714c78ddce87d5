"""What an encoder is to the rest of the product, which knows no model, no size and no runtime."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


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

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Whole length of each text, its two marks included; may exceed `max_tokens`."""
