"""Passages as retrieval reads them, kept in the process: a passage never changes once it is published."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from apps.knowledge.documents.page_starts import PageStarts, page_starts, starts_within
from apps.knowledge.index.analyzer import count_stems
from apps.knowledge.index.embedded_text import sentence_text
from apps.knowledge.index.embeddings import QUERY_PARAMETERS, Vector, chunked, load_encodings
from apps.knowledge.index.live_passages import LIVE_VERSION, live_passages, store_version
from apps.knowledge.models import DocumentVersion, Sentence
from apps.knowledge.search.results import Scope
from apps.models.inference.interfaces import Encoding, WordVectors

SCOPES = 64  # whose live versions are kept
MAX_CACHED = 10_000  # passages; about 20 kB each with the vectors of four sentences and their words
PRELOADED = 8_000  # in all, at a start: what is asked for then must not push these out again


@dataclass(frozen=True)
class CandidateSentence:
    """`start` and `end` count in the version's text."""

    sentence_id: int
    start: int
    end: int
    text: str
    context: str
    place: str

    @cached_property
    def terms(self) -> Counter[str]:
        return count_stems(sentence_text(self.place, self.context, self.text))

    @cached_property
    def length(self) -> int:
        return self.terms.total()


@dataclass(frozen=True, slots=True)
class CandidatePassage:
    """A live passage with its place, its words and its vectors: `vectors` (1 + sentences, dimensions) are its own and
    then its sentences', `sentence_words` holds the vectors of each sentence's words. `page` is that of `start`; further
    pages begin at `page_starts`.
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

    @property
    def sentence_vectors(self) -> Vector:
        return self.vectors[1:]


_COLUMNS = (
    "pk", "version_id", "version__uid", "version__document__uid", "version__document__path", "version__title",
    "heading_path", "page", "start", "end", "context", "text", "terms", "length", "text_hash",
)  # fmt: skip
_VERSION, _PAGE = _COLUMNS.index("version_id"), _COLUMNS.index("page")
_cached: OrderedDict[tuple[str, int], CandidatePassage] = OrderedDict()
_homes: dict[int, int] = {}  # {sentence: passage} of those kept
_live: OrderedDict[Scope, tuple[int, frozenset[int]]] = OrderedDict()
_lock = threading.Lock()


def load_candidates(scope: Scope, passage_ids: Iterable[int]) -> dict[int, CandidatePassage]:
    """Those of the passages that are live in the scope now, whatever a store outside the database still holds.

    Warm, this is no query but the store version: rows are kept, and which versions are live is known by it.
    """
    live = _live_in(scope)
    wanted = set(passage_ids)
    with _lock:
        cached = [row for pk in wanted if (row := _cached.get((scope.encoder_digest, pk))) is not None]
    for chunk in chunked(sorted(wanted - {row.passage_id for row in cached}), QUERY_PARAMETERS):
        cached += _read(scope, chunk)
    _cache(scope.encoder_digest, cached)
    return {row.passage_id: row for row in cached if row.version_id in live}


def clear_candidates() -> None:
    """For tests, whose databases repeat ids."""
    with _lock:
        _cached.clear()
        _homes.clear()
        _live.clear()


def passages_of(sentence_ids: Set[int]) -> dict[int, int]:
    """{sentence: its passage}; a query for those alone whose passage is not kept."""
    found = {pk: home for pk in sentence_ids if (home := _homes.get(pk)) is not None}
    for chunk in chunked(sorted(sentence_ids - found.keys()), QUERY_PARAMETERS):
        found.update(Sentence.objects.filter(pk__in=chunk).values_list("pk", "passage_id"))
    return found


def preload(scope: Scope, room: int) -> int:
    """Read passages of a scope, at most `room`, before they are asked for, and count the stems of their sentences.

    Returns how many there were.
    """
    first = live_passages(scope).order_by("pk").values_list("pk", flat=True)[:room]
    rows = load_candidates(scope, first).values()
    for row in rows:
        for sentence in row.sentences:
            _ = sentence.length
    return len(rows)


def _live_in(scope: Scope) -> frozenset[int]:
    """Versions that the scope may show now; asked for again when the workspace's store version has moved."""
    current = store_version(scope.workspace_id)
    cached = _live.get(scope)
    if cached is None or cached[0] != current:
        versions = DocumentVersion.objects.filter(
            workspace_id=scope.workspace_id, document__collection__in=scope.collection_ids, **LIVE_VERSION
        )
        cached = current, frozenset(versions.values_list("pk", flat=True))
        with _lock:
            _live[scope] = cached
            while len(_live) > SCOPES:
                _live.popitem(last=False)
    return cached[1]


def _cache(encoder_digest: str, rows: Iterable[CandidatePassage]) -> None:
    with _lock:
        for row in rows:
            key = encoder_digest, row.passage_id
            if key not in _cached:
                _homes.update((sentence.sentence_id, row.passage_id) for sentence in row.sentences)
            _cached[key] = row
            _cached.move_to_end(key)
        while len(_cached) > MAX_CACHED:
            _, gone = _cached.popitem(last=False)
            for sentence in gone.sentences:
                _homes.pop(sentence.sentence_id, None)


def _read(scope: Scope, passage_ids: Sequence[int]) -> list[CandidatePassage]:
    passages = list(live_passages(scope).filter(pk__in=passage_ids).values_list(*_COLUMNS))
    sentences = defaultdict(list)
    hashes = {row[-1] for row in passages}
    columns = ("passage_id", "pk", "start", "end", "context", "text_hash")
    within = Sentence.objects.filter(passage__in=[row[0] for row in passages]).order_by("position")
    for row in within.values_list(*columns):
        sentences[row[0]].append(row[1:])
        hashes.add(row[-1])
    read = load_encodings(scope.workspace_id, scope.encoder_digest, sorted(hashes))
    pages = page_starts({row[_VERSION] for row in passages if row[_PAGE] is not None})
    return [_candidate(row, sentences[row[0]], read, pages.get(row[_VERSION], ())) for row in passages]


def _candidate(
    row: Sequence[Any],
    sentences: Sequence[Sequence[Any]],
    read: Mapping[str, Encoding],
    pages: PageStarts,
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
        CandidateSentence(sentence_id, first, last, text[first - start : last - start], context, place)
        for sentence_id, first, last, context, _ in sentences
    )
    own = [read[sentence[-1]] for sentence in sentences]
    vectors = np.stack([read[key].vector, *(each.vector for each in own)])
    return CandidatePassage(
        pk, version_id, str(version_uid), str(document_uid), path, title, tuple(headings), page, start, end, text,
        terms, length, parts, vectors, tuple(each.words for each in own), starts_within(pages, start, end),
    )  # fmt: skip
