"""Measures the noise floor of collections: the cosine that unrelated questions reach in them.

Among many sentences, some have a high cosine with any question: .26 in 70 pages about two products, .38 in a handbook
of 246 pages. A question's cosine is meaningful only relative to that level. With it, one threshold fits collections of
all sizes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from apps.knowledge.config import noise_floor_config
from apps.knowledge.index import cache
from apps.knowledge.index.embeddings import Vector, load_vectors
from apps.knowledge.index.scope import Scope, Snapshot
from apps.knowledge.index.stores.protocol import KnowledgeStore
from apps.knowledge.models import Sentence
from apps.knowledge.search.scoring import DIGITS, cosines
from apps.models.inference.engine import get_encoder

ENTRY_BYTES = 200


def noise_floor_of(store: KnowledgeStore, snapshot: Snapshot) -> float:
    """The cosine to their nearest sentence that one in four off-topic questions exceeds. Measured once for each store
    version.
    """
    key = ("noise floor", *snapshot.collections)
    return cache.at_version(
        key, snapshot.store_version, lambda _: _measured(store, snapshot), lambda _: ENTRY_BYTES
    )


def _measured(store: KnowledgeStore, scope: Snapshot) -> float:
    questions = get_encoder(scope.encoder).encode(noise_floor_config().off_topic)
    nearest = store.nearest_sentences(scope, questions, 1)
    vectors = _vectors(scope, sorted({pk for found in nearest for pk in found}))
    best = [
        max((float(cosines(vectors[pk][None], question)[0]) for pk in found if pk in vectors), default=0.0)
        for question, found in zip(questions, nearest, strict=True)
    ]
    return round(float(np.quantile(best, noise_floor_config().quantile)), DIGITS)


def _vectors(scope: Scope, sentence_ids: Sequence[int]) -> dict[int, Vector]:
    hashes = dict(Sentence.objects.filter(pk__in=sentence_ids).values_list("pk", "text_hash"))
    by_hash = load_vectors(scope.workspace_id, scope.encoder_digest, sorted(set(hashes.values())))
    return {pk: by_hash[key] for pk, key in hashes.items() if key in by_hash}
