"""Words that were probably mistyped, with the words of the documents that they stand for.

A name is never replaced by another name: prednisone is no slip of the pen of prednisolone. Such a word is only offered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from apps.knowledge.index.analyzer import words, written_words
from apps.knowledge.index.scope import Scope, Snapshot
from apps.knowledge.index.stores.fulltext import live_matching_passages
from apps.knowledge.search.spelling import Known, vocabulary_of
from apps.models.inference.engine import get_encoder

ONE_TOKEN = 3  # including the special tokens before and after it
MOST_MENDED = 12  # unknown words of one question: if there are more, they are not typing errors


@dataclass(frozen=True)
class Mended:
    """`typed` is a stem of the question; `spelled` is the word as the documents spell it. It is certain unless one of
    them may be a name.
    """

    typed: str
    meant: Known
    spelled: str
    is_certain: bool


def mended(
    snapshot: Snapshot, question: str, unknown: Mapping[str, str], known: Collection[str]
) -> list[Mended]:
    """The words among the unknown ones ({stem: word}) that are similar to one word of the documents."""
    found = []
    written = written_words(question)
    for term, word in list(unknown.items())[:MOST_MENDED]:
        is_word = token_count(snapshot, word) <= ONE_TOKEN  # of the language, and so no typing error
        _, is_name = written.get(term, ("", False))
        meant = vocabulary_of(snapshot).nearest(term) if is_name or not is_word else None
        if meant is not None and meant.term not in known:
            found.append(_mended(snapshot, term, meant, is_name=is_name, may_be_slip=not is_word))
    return [each for each in found if each is not None]


def token_count(scope: Scope, word: str) -> int:
    return get_encoder(scope.encoder).count_tokens([word])[0]


def _mended(
    snapshot: Snapshot, term: str, meant: Known, *, is_name: bool, may_be_slip: bool
) -> Mended | None:
    spelled, means_name = _spelling(snapshot, meant.term)
    is_near = OSA.distance(term, meant.term) == 1
    is_ordinary = not means_name and token_count(snapshot, spelled) <= ONE_TOKEN
    if is_ordinary and not may_be_slip:
        return None
    is_certain = may_be_slip and (is_ordinary or is_near) and not (is_name and means_name)
    return Mended(term, meant, spelled, is_certain)


def _spelling(scope: Scope, term: str) -> tuple[str, bool]:
    """The most frequent word with that stem in the first passage that contains it, and whether it is a name there: a
    capital letter inside a sentence.
    """
    holding = live_matching_passages(scope, [term]).order_by("pk")
    context, text = holding.values_list("context", "text").first() or ("", "")
    found = Counter(word for word, stem in words(f"{context} {text}") if stem == term)
    word = found.most_common(1)[0][0] if found else term
    inside = re.search(rf"[\w,;] {re.escape(word)}\b", text, re.IGNORECASE)
    return word, inside is not None and inside[0][2:3].isupper()
