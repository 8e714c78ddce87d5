"""A small cache of the encodings of recent questions. The knowledge app stores vectors permanently."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from apps.models.inference.interfaces import Encoder, Encoding, Spans, Vectors

ENTRIES = 1024
LARGEST_CALL = 32  # what longer calls encode is not kept: most are documents, which would evict all questions


class CachedEncoder:
    """Wraps an encoder and caches encodings by the sha256 of text and spans. The texts themselves are not kept."""

    def __init__(self, encoder: Encoder) -> None:
        self.name = encoder.name
        self.digest = encoder.digest
        self.dimensions = encoder.dimensions
        self.max_tokens = encoder.max_tokens
        self.warm_up = encoder.warm_up
        self.count_tokens = encoder.count_tokens
        self._encoder = encoder
        self._lock = threading.Lock()
        self._encodings: OrderedDict[bytes, Encoding] = OrderedDict()

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not 0 < len(texts) <= LARGEST_CALL:
            return self._encoder.encode(texts)
        return np.stack([encoding.vector for encoding in self.encode_words(texts, [()] * len(texts))])

    def encode_words(self, texts: Sequence[str], wanted: Sequence[Spans]) -> list[Encoding]:
        asked = list(zip(texts, wanted, strict=True))
        keys = [hashlib.sha256(f"{list(spans)}\n{text}".encode()).digest() for text, spans in asked]
        found = self._recall(keys)
        missing = {key: each for key, each in zip(keys, asked, strict=True) if key not in found}
        if missing:
            fresh = self._encoder.encode_words(
                [text for text, _ in missing.values()], [spans for _, spans in missing.values()]
            )
            new = dict(zip(missing, fresh, strict=True))
            found |= self._remember(new) if len(texts) <= LARGEST_CALL else new
        return [found[key] for key in keys]

    def _recall(self, keys: Sequence[bytes]) -> dict[bytes, Encoding]:
        with self._lock:
            known = {key: self._encodings[key] for key in keys if key in self._encodings}
            for key in known:
                self._encodings.move_to_end(key)
            return known

    def _remember(self, fresh: dict[bytes, Encoding]) -> dict[bytes, Encoding]:
        """Encodings in the cache are shared, so they are made read-only."""
        with self._lock:
            for key, encoding in fresh.items():
                encoding.vector.flags.writeable = encoding.words.flags.writeable = False
                self._encodings[key] = encoding
            while len(self._encodings) > ENTRIES:
                self._encodings.popitem(last=False)
        return fresh
