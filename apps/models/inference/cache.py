"""A small memory of recent questions. Durable vectors are kept by the knowledge app."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from apps.models.inference.interfaces import Encoder, Vectors

ENTRIES = 1024
LARGEST_CALL = 32  # longer calls are documents: they would push every question out


class CachedEncoder:
    """The encoder it wraps, remembering vectors by sha256 of the text; the texts themselves are not kept."""

    def __init__(self, encoder: Encoder) -> None:
        self.name = encoder.name
        self.digest = encoder.digest
        self.dimensions = encoder.dimensions
        self.max_tokens = encoder.max_tokens
        self.warm_up = encoder.warm_up
        self.count_tokens = encoder.count_tokens
        self._encoder = encoder
        self._lock = threading.Lock()
        self._vectors: OrderedDict[bytes, Vectors] = OrderedDict()

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not 0 < len(texts) <= LARGEST_CALL:
            return self._encoder.encode(texts)
        keys = [hashlib.sha256(text.encode()).digest() for text in texts]
        found = self._recall(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if missing:
            fresh = dict(zip(missing, self._encoder.encode(list(missing.values())), strict=True))
            self._remember(fresh)
            found |= fresh
        return np.stack([found[key] for key in keys])

    def _recall(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        with self._lock:
            known = {key: self._vectors[key] for key in keys if key in self._vectors}
            for key in known:
                self._vectors.move_to_end(key)
            return known

    def _remember(self, fresh: dict[bytes, Vectors]) -> None:
        with self._lock:
            for key, vector in fresh.items():
                self._vectors[key] = vector.copy()  # a row would keep its whole batch alive
            while len(self._vectors) > ENTRIES:
                self._vectors.popitem(last=False)
