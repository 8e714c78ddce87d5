"""Recognises greetings, thanks and the like by the nearest example of quoth.yaml, so that they are never looked for in
documents. It uses neither Django's ORM nor its settings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from apps.chat.config import SmallTalkConfig, SmallTalkKind, small_talk_config
from apps.knowledge.index.analyzer import word_spans, words
from apps.knowledge.index.scope import Scope
from apps.knowledge.search.question_language import is_foreign_script
from apps.models.inference.engine import get_encoder
from apps.models.inference.interfaces import Encoder, Vectors

LONGEST = 120  # characters: whoever writes more asks something
KEPT = 4  # encoders whose vectors of the examples are kept, half a megabyte each

Recognise = Callable[[Scope, Sequence[str]], Sequence[SmallTalkKind | None]]


@dataclass(frozen=True)
class Nearest:
    """The example with the highest cosine; `kind` is None for an example of a question. `is_known` if each word of the
    text is in an example of small talk.
    """

    kind: SmallTalkKind | None
    cosine: float
    is_known: bool

    def small_talk(self, rules: SmallTalkConfig) -> SmallTalkKind | None:
        threshold = rules.threshold if self.is_known else rules.threshold_of_others
        return self.kind if self.cosine >= threshold else None


def nothing_recognised(_: Scope, texts: Sequence[str]) -> list[SmallTalkKind | None]:
    """For callers that ask the documents only."""
    return [None] * len(texts)


def small_talk_in(scope: Scope, texts: Sequence[str]) -> list[SmallTalkKind | None]:
    """The kind of small talk that each text is, None for a question. Raises EncoderUnavailable.

    The encodings are the same as those of retrieval, so the encoder's cache has them when the question is searched.
    """
    found: list[SmallTalkKind | None] = [None] * len(texts)
    encoder = get_encoder(scope.encoder)
    short = [place for place, text in enumerate(texts) if may_be_small_talk(text)]
    if not short or encoder.digest != scope.encoder_digest:
        return found
    rules = small_talk_config().of(scope.encoder)
    for place, nearest in zip(
        short, nearest_examples(encoder, [texts[place] for place in short]), strict=True
    ):
        found[place] = nearest.small_talk(rules)
    return found


def nearest_examples(encoder: Encoder, texts: Sequence[str]) -> list[Nearest]:
    """One for each text. Raises EncoderUnavailable."""
    rows = small_talk_config().rows
    encoded = encoder.encode_words(texts, [word_spans(text) for text in texts])
    examples = _vectors(encoder.name, encoder.digest, tuple(text for text, _ in rows))
    cosines = np.stack([each.vector for each in encoded]) @ examples.T
    known = _stems(tuple(text for text, kind in rows if kind))
    return [
        Nearest(rows[best][1], float(row[best]), all(stem in known for _, stem in words(text)))
        for text, row, best in zip(texts, cosines, cosines.argmax(axis=1), strict=True)
    ]


def may_be_small_talk(text: str) -> bool:
    """False for what is long, has no letters, or is in a script that the encoder cannot read: it finds all such texts
    alike.
    """
    return len(text) <= LONGEST and any(map(str.isalpha, text)) and not is_foreign_script(text)


@lru_cache(maxsize=KEPT)
def _vectors(encoder: str, digest: str, texts: tuple[str, ...]) -> Vectors:
    """Encoded once for each digest of the encoder."""
    vectors = get_encoder(encoder).encode(texts)
    vectors.flags.writeable = False
    return vectors


@lru_cache(maxsize=1)
def _stems(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(stem for text in texts for _, stem in words(text))
