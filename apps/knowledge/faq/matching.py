"""Finds the FAQ entry whose answer a question gets: the one with the most similar wording, if it is similar enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from sys import getsizeof

import numpy as np

from apps.knowledge.config import FaqConfig, faq_config
from apps.knowledge.faq.keys import spelled_words, without_accents
from apps.knowledge.faq.particulars import particulars_of, particulars_of_wording
from apps.knowledge.faq.same_words import compare
from apps.knowledge.index import cache
from apps.knowledge.index.analyzer import word_spans
from apps.knowledge.index.embeddings import Vector, load_vectors
from apps.knowledge.index.scope import Scope
from apps.knowledge.models import FaqWording
from apps.knowledge.search.question_language import is_foreign_script
from apps.models.inference.engine import get_encoder

NEAR = 0.1  # of the cosine: what differs in accents alone is nearer, also to encoders that see them


@dataclass(frozen=True)
class Wordings:
    """The wordings of a collection: unit vectors (n, dimensions), the entry and the text of each."""

    vectors: Vector
    entries: Vector
    texts: tuple[str, ...]

    @property
    def nbytes(self) -> int:
        return int(self.vectors.nbytes + self.entries.nbytes + sum(map(getsizeof, self.texts)))


@dataclass(frozen=True)
class Match:
    """`cosine` is that of `wording`, the entry's most similar one, `margin` how much more similar it is than any of
    another entry.
    """

    entry_id: int
    wording: str
    cosine: float
    margin: float

    def may_answer(self, rules: FaqConfig) -> bool:
        return self.cosine >= rules.threshold and self.margin >= rules.margin


def wordings_of(wordings: Sequence[tuple[str, int]], vectors: Sequence[Vector]) -> Wordings:
    """`wordings` as (text, id of the entry), with the vector of each."""
    return Wordings(
        np.stack(vectors) if vectors else np.empty((0, 0), np.float32),
        np.array([entry for _, entry in wordings], np.int64),
        tuple(text for text, _ in wordings),
    )


def match_in(known: Wordings, text: str, vector: Vector, least: float = -1.0) -> Match | None:
    """The most similar wording with the same particulars. Those with a cosine below `least` are left out, so that
    particulars are only found of the few that are similar.
    """
    cosines = known.vectors @ vector
    asked = particulars_of(text)
    near = [
        place
        for place in np.flatnonzero(cosines >= least)
        if particulars_of_wording(known.texts[place]) == asked
    ]
    if not near:
        return None
    return _match(text, [known.texts[place] for place in near], known.entries[near], cosines[near])


def _match(text: str, wordings: Sequence[str], entries: Vector, cosines: Vector) -> Match:
    best, alike = _best(text, wordings, cosines)
    is_other = entries != entries[best]
    is_other[alike] = False
    cosine = float(cosines[best])
    margin = cosine - float(cosines[is_other].max(initial=0.0))
    return Match(int(entries[best]), wordings[best], cosine, margin)


def _best(text: str, wordings: Sequence[str], cosines: Vector) -> tuple[int, list[int]]:
    """The place of the most similar wording, and of those that are like it but for their accents, which an encoder may
    not see: the one with more words that are spelled as in the question is meant.
    """
    best = int(cosines.argmax())
    near = [int(place) for place in np.flatnonzero(cosines > cosines[best] - NEAR)]
    plain = without_accents(wordings[best])
    alike = [place for place in near if without_accents(wordings[place]) == plain]
    if len(alike) < 2:
        return best, []
    asked = set(spelled_words(text))
    shared = {place: len(asked.intersection(spelled_words(wordings[place]))) for place in alike}
    meant = max(alike, key=lambda place: (shared[place], cosines[place]))
    return meant, [place for place in alike if shared[place] < shared[meant]]


def is_same_question(text: str, wording: str, cosine: float, rules: FaqConfig) -> bool:
    """Whether the question asks what the wording asks. If one of them has a word that the other lacks, they must be
    more similar.
    """
    compared = compare(text, wording)
    if not compared.may_be_same:
        return False
    return cosine >= (rules.threshold if compared.has_same_words else rules.threshold_of_others)


def matches(scope: Scope, texts: Sequence[str]) -> list[Match | None]:
    """One for each text, None without one that may answer. Costs nothing in collections that never had an entry; else
    the encodings are those of retrieval, which the encoder's cache keeps. Raises EncoderUnavailable.
    """
    found: list[Match | None] = [None] * len(texts)
    asked = [place for place, text in enumerate(texts) if _may_match(text)] if scope.faq_version else []
    if not asked or get_encoder(scope.encoder).digest != scope.encoder_digest:
        return found
    known = _wordings(scope)
    if not known.texts:
        return found
    readable = [texts[place] for place in asked]
    encoded = get_encoder(scope.encoder).encode_words(readable, [word_spans(text) for text in readable])
    rules = faq_config().of(scope.encoder)
    for place, encoding in zip(asked, encoded, strict=True):
        match = match_in(known, texts[place], encoding.vector, rules.threshold - rules.margin)
        found[place] = match if match and match.may_answer(rules) else None
    return found


def _may_match(text: str) -> bool:
    """Nobody's wording is much longer, and texts in a script that the encoder cannot read are all alike to it."""
    return len(text) <= 2 * faq_config().wording_chars and not is_foreign_script(text)


def _wordings(scope: Scope) -> Wordings:
    """Read again when the FAQ has changed. Whether an entry may answer is looked up with the entry itself."""
    key = ("faq", scope.collection_ids, scope.encoder_digest)
    return cache.at_version(key, scope.faq_version, lambda _: _read(scope), lambda read: read.nbytes + 100)


def _read(scope: Scope) -> Wordings:
    rows = FaqWording.objects.filter(
        workspace_id=scope.workspace_id, collection_id__in=scope.collection_ids, entry__is_active=True
    )
    known = list(rows.order_by("pk").values_list("text", "entry_id", "text_hash"))
    stored = load_vectors(scope.workspace_id, scope.encoder_digest, sorted({key for *_, key in known}))
    ready = [(text, entry, stored[key]) for text, entry, key in known if key in stored]
    return wordings_of([(text, entry) for text, entry, _ in ready], [vector for *_, vector in ready])
