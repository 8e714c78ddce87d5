"""Passages as retrieval needs them, cached in the process. A passage does not change after it is published."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from apps.knowledge.documents.page_starts import PageLabels, Pages, PageStarts, pages_of
from apps.knowledge.index import cache
from apps.knowledge.index.analyzer import count_stems
from apps.knowledge.index.embedded_text import sentence_text
from apps.knowledge.index.embeddings import Vector, chunked, load_encodings
from apps.knowledge.index.live_passages import LIVE_VERSION, live_passages
from apps.knowledge.index.scope import Scope, Snapshot
from apps.knowledge.models import DocumentVersion, Sentence
from apps.models.inference.interfaces import Encoding, WordVectors

PRELOADED = 8_000  # passages of all collections together, at a start


@dataclass(frozen=True)
class CandidateSentence:
    """`start` and `end` count in the version's text."""

    sentence_id: int
    start: int
    end: int
    text: str
    context: str
    place: str
    is_code: bool = False
    unit_start: int = 0
    unit_end: int = 0
    more: int = 0
    inline_code: tuple[int, ...] = ()

    @cached_property
    def terms(self) -> Counter[str]:
        return count_stems(sentence_text(self.place, self.context, self.text))

    @cached_property
    def length(self) -> int:
        return self.terms.total()


@dataclass(frozen=True, slots=True)
class CandidatePassage:
    """A live passage with its place in the document, its words and its vectors. `vectors` (1 + sentences, dimensions)
    are its own vector and those of its sentences; `sentence_words` are the vectors of the words of each sentence.
    `page` is the page of `start`; further pages begin at `page_starts`. `places` are the positions of its sentences by
    their ids.
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
    terms: Mapping[str, int]
    length: int
    sentences: tuple[CandidateSentence, ...]
    vectors: Vector
    sentence_words: tuple[WordVectors, ...]
    page_starts: PageStarts
    page_labels: PageLabels
    places: Mapping[int, int]

    @property
    def sentence_vectors(self) -> Vector:
        return self.vectors[1:]


PASSAGES_AT_ONCE = 100  # read together; more would take much memory for a moment
_COLUMNS = (
    "pk", "version_id", "version__uid", "version__document__uid", "version__document__path", "version__title",
    "heading_path", "page", "start", "end", "context", "text", "terms", "length", "text_hash",
)  # fmt: skip
_VERSION, _PAGE = _COLUMNS.index("version_id"), _COLUMNS.index("page")


def load_candidates(snapshot: Snapshot, passage_ids: Iterable[int]) -> dict[int, CandidatePassage]:
    """Those of the passages that are live in the snapshot, even if a store outside of the database has others.

    Runs no query if the rows and the set of live versions are cached.
    """
    live = _live_versions(snapshot)
    keys = {("passage", snapshot.encoder_digest, pk): pk for pk in passage_ids}
    rows: list[CandidatePassage] = list(cache.get_many(keys).values())
    missing = set(keys.values()) - {row.passage_id for row in rows}
    for chunk in chunked(sorted(missing), PASSAGES_AT_ONCE):
        read = _read(snapshot, chunk)
        cache.put_many({("passage", snapshot.encoder_digest, row.passage_id): row for row in read}, _size)
        rows += read
    return {row.passage_id: row for row in rows if row.version_id in live}


def preload(snapshot: Snapshot, room: int) -> int:
    """Read at most `room` passages of a scope in advance, and count the stems of their sentences.

    Returns the number of passages.
    """
    first = live_passages(snapshot).order_by("pk").values_list("pk", flat=True)[:room]
    rows = load_candidates(snapshot, first).values()
    for row in rows:
        for sentence in row.sentences:
            _ = sentence.length
    return len(rows)


def _live_versions(snapshot: Snapshot) -> frozenset[int]:
    """The versions that are live in the snapshot."""
    key = ("live versions", *snapshot.collections)
    return cache.at_version(
        key, snapshot.store_version, lambda _: _read_live_versions(snapshot), lambda live: 64 * len(live)
    )


def _read_live_versions(scope: Scope) -> frozenset[int]:
    versions = DocumentVersion.objects.filter(
        workspace_id=scope.workspace_id, document__collection__in=scope.collection_ids, **LIVE_VERSION
    )
    return frozenset(versions.values_list("pk", flat=True))


def _size(row: CandidatePassage) -> int:
    """Approximate size in bytes: numbers, words, and the overhead of Python objects."""
    words = sum(each.nbytes for each in row.sentence_words)
    return (
        int(row.vectors.nbytes)
        + words
        + 2 * len(row.text)
        + 100 * len(row.terms)
        + 1_000 * len(row.sentences)
    )


def _read(scope: Scope, passage_ids: Sequence[int]) -> list[CandidatePassage]:
    passages = list(live_passages(scope).filter(pk__in=passage_ids).values_list(*_COLUMNS))
    sentences = defaultdict(list)
    hashes = {row[-1] for row in passages}
    columns = (
        "passage_id", "pk", "start", "end", "context", "is_code", "unit_start", "unit_end", "more",
        "inline_code", "text_hash",
    )  # fmt: skip
    within = Sentence.objects.filter(passage__in=[row[0] for row in passages]).order_by("position")
    for row in within.values_list(*columns):
        sentences[row[0]].append(row[1:])
        hashes.add(row[-1])
    read = load_encodings(scope.workspace_id, scope.encoder_digest, sorted(hashes))
    pages = pages_of({row[_VERSION] for row in passages if row[_PAGE] is not None})
    return [_candidate(row, sentences[row[0]], read, pages.get(row[_VERSION], Pages())) for row in passages]


def _candidate(
    row: Sequence[Any],
    sentences: Sequence[Sequence[Any]],
    read: Mapping[str, Encoding],
    pages: Pages,
) -> CandidatePassage:
    (
        pk,
        version_id,
        version_uid,
        document_uid,
        path,
        title,
        headings,
        page,
        start,
        end,
        place,
        text,
        terms,
        length,
        key,
    ) = row
    parts = tuple(
        CandidateSentence(
            sentence_id,
            first,
            last,
            text[first - start : last - start],
            context,
            place,
            is_code,
            low,
            high,
            more,
            tuple(code or ()),
        )
        for sentence_id, first, last, context, is_code, low, high, more, code, _ in sentences
    )
    own = [read[sentence[-1]] for sentence in sentences]
    vectors = np.stack([read[key].vector, *(each.vector for each in own)])
    return CandidatePassage(
        pk, version_id, str(version_uid), str(document_uid), path, title, tuple(headings), page, start, end, text,
        terms, length, parts, vectors, tuple(each.words for each in own), *pages.within(start, end),
        {part.sentence_id: place for place, part in enumerate(parts)},
    )  # fmt: skip
