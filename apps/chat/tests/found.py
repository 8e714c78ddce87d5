"""Hand-made retrievals: what answering is given, without a store or an encoder."""

from __future__ import annotations

from collections.abc import Sequence

from apps.knowledge.index.scope import Scope
from apps.knowledge.search.results import Evidence, RankedPassage, RankedSentence, Retrieval, Scores

SCOPE = Scope(1, (1,), ("c1",), "fake", "0" * 64)
STRONG = Evidence(0.9, 0.9, 9.0, 1.0, 0.0, 1.0, best_coverage=1.0, sentence_coverage=1.0, stems=3)
WEAK = Evidence(0.1, 0.1, 0.0, 0.0, 1.0, 0.0, stems=3, noise_floor=0.3)


def passage(
    number: int, sentences: Sequence[tuple[str, float]], *, document: str = "a.md", late: float = 0.0
) -> RankedPassage:
    """Sentences as (text, fused score), one space apart; the passage stands 1,000 characters further each time."""
    start = at = number * 1000
    ranked = []
    for place, (text, fused) in enumerate(sentences):
        scores = Scores(0.0, 0.0, fused, late)
        ranked.append(RankedSentence(number * 100 + place, at, at + len(text), text, "", scores))
        at += len(text) + 1
    return RankedPassage(
        number, 7, "version", "document", document, "Title", ("Title", "Part"), None, start, at - 1,
        " ".join(text for text, _ in sentences), Scores(0.0, 0.0, 0.0), tuple(ranked),
    )  # fmt: skip


def retrieval(*passages: RankedPassage, evidence: Evidence = STRONG, question: str = "Asked?") -> Retrieval:
    return Retrieval(passages, evidence, 5, 40, 3, question)
