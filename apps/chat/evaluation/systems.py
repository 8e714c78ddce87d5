"""The systems that are compared: the engine as it is configured, and plain BM25 and plain cosine on the same sentences.

All three choose quotes by the same rules. The plain ones have no spelling correction, do not use the neighbours of a
sentence, and have no late interaction.
"""

from __future__ import annotations

from collections.abc import Sequence

from apps.knowledge.config import RetrievalConfig, retrieval_config
from apps.knowledge.index.scope import Scope
from apps.knowledge.index.stores.factory import get_store
from apps.knowledge.search.results import Retrieval
from apps.knowledge.search.retrieval import retrieve_from

HYBRID, BM25, COSINE = "hybrid", "bm25", "cosine"
ALL_PASSAGES = 1_000_000  # BM25 alone must see every passage that contains a word of the question
BATCH = 16


def systems(encoder: str) -> dict[str, RetrievalConfig]:
    shipped = retrieval_config().of(encoder)
    plain = shipped.model_copy(
        update={
            "correct_spelling": False,
            "sentence_share": 0.0,
            "neighbour_weight": 0.0,
            "late_weight": 0.0,
            "sentence_late_weight": 0.0,
        }
    )
    words = {"lexical_weight": 1.0, "sentence_lexical_weight": 1.0, "text_candidates": ALL_PASSAGES}
    meaning = {"lexical_weight": 0.0, "sentence_lexical_weight": 0.0}
    return {HYBRID: shipped, BM25: plain.model_copy(update=words), COSINE: plain.model_copy(update=meaning)}


def retrieve_all(scope: Scope, questions: Sequence[str], rules: RetrievalConfig) -> list[Retrieval]:
    """Raises EncoderUnavailable."""
    found: list[Retrieval] = []
    for start in range(0, len(questions), BATCH):
        found += retrieve_from(get_store(), scope, questions[start : start + BATCH], rules)
    return found
