"""A passage that is not searched for, because its place is known."""

from __future__ import annotations

from apps.knowledge.index.live_passages import live_passages, snapshot_of
from apps.knowledge.index.scope import Scope
from apps.knowledge.search.candidates import load_candidates
from apps.knowledge.search.results import RankedPassage, Scores
from apps.knowledge.search.retrieval import ranked_passage

NO_SCORES = Scores(0.0, 0.0, 0.0)


def passage_around(scope: Scope, version_id: int, start: int, end: int) -> RankedPassage | None:
    """The live passage that has version.text[start:end], without scores."""
    rows = live_passages(scope).filter(version=version_id, start__lte=start, end__gte=end)
    passage_ids = rows.values_list("pk", flat=True)[:1]
    for row in load_candidates(snapshot_of(scope), passage_ids).values():
        return ranked_passage(row, NO_SCORES, {each.sentence_id: NO_SCORES for each in row.sentences})
    return None
