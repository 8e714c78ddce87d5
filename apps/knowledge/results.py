"""What retrieval returns. Frozen, free of the ORM, so that answering stays a pure function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """What may be searched. Made by a selector only: it is the permission."""

    workspace_id: int
    collection_ids: tuple[int, ...]
    encoder: str
    encoder_digest: str


@dataclass(frozen=True)
class Scores:
    """Exact cosine, BM25, and `fused`: their weighted z-scores over the candidates of one question."""

    cosine: float
    bm25: float
    fused: float


@dataclass(frozen=True)
class RankedSentence:
    """Offsets count in the version's text; `context` names a table row's headers."""

    sentence_id: int
    start: int
    end: int
    text: str
    context: str
    scores: Scores


@dataclass(frozen=True)
class RankedPassage:
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


@dataclass(frozen=True)
class Evidence:
    """Signals for the decision, over all candidates of one question.

    `coverage` is the idf-weighted share of the question's stems that the best passage holds (0 to 1);
    `unknown` is the share of the question's idf mass in stems that the collection never uses.
    """

    passage_cosine: float
    sentence_cosine: float
    bm25: float
    coverage: float
    unknown: float
    margin: float


@dataclass(frozen=True)
class Retrieval:
    """Passages best first. `compared` and `documents` count the candidates, for the working line."""

    passages: tuple[RankedPassage, ...]
    evidence: Evidence
    store_version: int
    compared: int
    documents: int


NO_EVIDENCE = Evidence(0.0, 0.0, 0.0, 0.0, 1.0, 0.0)
