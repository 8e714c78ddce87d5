"""What retrieval returns. Frozen, free of the ORM, so that answering stays a pure function."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple


class Scores(NamedTuple):  # cheap to make: a question makes a thousand
    """Exact cosine, BM25, `late` interaction of words, and `fused`: their weighted z-scores over the candidates of one
    question.

    A passage's cosine is the mean of its own and its best sentence's. A sentence's `fused` adds its passage's, times
    `retrieval.passage_weight`, to its own among all sentences returned.
    """

    cosine: float
    bm25: float
    fused: float
    late: float = 0.0


class RankedSentence(NamedTuple):
    """Offsets count in the version's text; `context` names a table row's headers."""

    sentence_id: int
    start: int
    end: int
    text: str
    context: str
    scores: Scores


class RankedPassage(NamedTuple):
    """`page` is that of `start`; further pages begin at `page_starts`, inside of the passage."""

    passage_id: int
    version_id: int
    version_uid: str
    document_uid: str
    document_path: str
    title: str
    heading_path: tuple[str, ...]
    page: int | None
    start: int
    end: int
    text: str
    scores: Scores
    sentences: tuple[RankedSentence, ...]
    page_starts: tuple[int, ...] = ()

    def page_at(self, offset: int) -> int | None:
        return None if self.page is None else self.page + bisect_right(self.page_starts, offset)


@dataclass(frozen=True)
class Evidence:
    """Signals for the decision. Highest values are over all candidates; shares are of the idf mass of the question's
    stems, 0 to 1.

    `passage_cosine` is a passage's own; `coverage` is held by the best ranked passage, `best_coverage` by the passage
    that holds most, `sentence_coverage` by the best ranked sentence; `unknown` stems are never used in the
    collections; `corrected` ones are taken for a mistyped word (and count as known). `margin` is the fused score of
    the first passage less that of the second. `background` is the sentence cosine that off-topic questions reach.
    """

    passage_cosine: float
    sentence_cosine: float
    bm25: float
    coverage: float
    unknown: float
    margin: float
    best_coverage: float = 0.0
    sentence_coverage: float = 0.0
    corrected: float = 0.0
    stems: int = 0
    noise_floor: float = 0.0


@dataclass(frozen=True)
class Retrieval:
    """Passages best first, sentences in text order. `compared` and `documents` count the candidates, for the working
    line. `question` is what was searched for: mistyped words are replaced. `store_version` is that of the workspace's
    passages, unchanged from the first query to the last.
    """

    passages: tuple[RankedPassage, ...]
    evidence: Evidence
    store_version: int
    compared: int
    documents: int
    question: str = ""


NO_EVIDENCE = Evidence(0.0, 0.0, 0.0, 0.0, 1.0, 0.0)
