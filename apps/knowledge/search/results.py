"""The results of retrieval. Frozen, without the ORM, so that answering can be a pure function."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from apps.knowledge.documents.parsed_document import Range


class Scores(NamedTuple):  # cheap to create: a question creates a thousand
    """Exact cosine, BM25, `late` interaction of words, and `fused`, the sum of their weighted z-scores over the
    candidates of one question.

    A passage's cosine is the mean of its own and that of its best sentence. A sentence's `fused` is its own among all
    returned sentences plus that of its passage times `retrieval.passage_weight`.
    """

    cosine: float
    bm25: float
    fused: float
    late: float = 0.0


class RankedSentence(NamedTuple):
    """Offsets count in the text of the version; `context` contains the headers of a table row. `unit_start` to
    `unit_end` is quoted with it (0 for itself alone); `more` items of its list are outside of the passage.
    `inline_code` are pairs (start, end) of code among its words.
    """

    sentence_id: int
    start: int
    end: int
    text: str
    context: str
    scores: Scores
    is_code: bool = False
    unit_start: int = 0
    unit_end: int = 0
    more: int = 0
    inline_code: tuple[int, ...] = ()


class RankedPassage(NamedTuple):
    """`page` is the page of `start`; further pages begin at `page_starts`, inside the passage. `page_labels` are what
    the document prints on all of them; empty if nothing. `unreliable` are ranges that may differ from what a reader
    sees in the file.
    """

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
    page_labels: tuple[str, ...] = ()
    unreliable: tuple[Range, ...] = ()

    def page_at(self, offset: int) -> int | None:
        return None if self.page is None else self.page + bisect_right(self.page_starts, offset)

    def page_label_at(self, offset: int) -> str:
        """The label that the document prints on the page; "" if none."""
        return self.page_labels[bisect_right(self.page_starts, offset)] if self.page_labels else ""

    def is_unreliable(self, start: int, end: int) -> bool:
        return any(each.start < end and start < each.end for each in self.unreliable)


@dataclass(frozen=True)
class Evidence:
    """Signals for the decision. Cosines and BM25 are the highest values of all candidates. Shares are shares of the
    summed idf of the question's stems, 0 to 1.

    `passage_cosine` is that of a passage's own vector. `coverage` is the share in the best ranked passage,
    `best_coverage` in the passage with the highest share, `sentence_coverage` in the best ranked sentence. `unknown`
    is the share of stems that the collections never use, `corrected` of stems that replace mistyped ones (these count
    as known). `margin` is the fused score of the first passage minus that of the second. `noise_floor` is the sentence
    cosine that off-topic questions reach.

    `missing` is 1 if a code or name that the question turns on is in no document. For other names it is their share,
    less if the best passage lacks other words as well, and less again for rare words in small letters. `words_only`
    when the encoder cannot read the question, so that cosines say nothing.
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
    missing: float = 0.0
    words_only: bool = False


class MissingWord(NamedTuple):
    """`word` as the question has it; `meant` is a similar word of the documents, "" if there is none."""

    word: str
    meant: str = ""


@dataclass(frozen=True)
class Retrieval:
    """Passages best first, sentences in the order of the text. `compared` and `documents` count the candidates, for the
    progress line. `question` is what was searched for, with mistyped words replaced. `missing` are words that it turns
    on and that no document contains; `language` is the code of its language if no document is in it. `store_version`
    did not change from the first query to the last. `timings_ms` are those of its stages; questions that are retrieved
    together share the first two.
    """

    passages: tuple[RankedPassage, ...]
    evidence: Evidence
    store_version: int
    compared: int
    documents: int
    question: str = ""
    missing: tuple[MissingWord, ...] = ()
    language: str = ""
    timings_ms: Mapping[str, float] = field(default_factory=dict, compare=False)


NO_EVIDENCE = Evidence(0.0, 0.0, 0.0, 0.0, 1.0, 0.0)
