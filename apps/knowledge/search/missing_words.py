"""Words that no document contains although the question turns on them: codes, names, and rare words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.knowledge.index.analyzer import parts_of_code, written_words
from apps.knowledge.index.scope import Snapshot
from apps.knowledge.search.mending import ONE_TOKEN, Mended, token_count
from apps.knowledge.search.spelling import vocabulary_of

MOST_MISSING = 5
_CODE = re.compile(r"([^\W\d_]{1,8})\d")
_INFLECTED = re.compile(r"(?:s|ed|est|ing|ly)$")
_SHORTEST_NAME = 4  # letters, in small letters
_PREFIX_ALONE = 2  # letters before a number that are no word


@dataclass(frozen=True)
class Missing:
    """`word` as the question has it; `meant` is a similar word of the documents, "" if there is none. `is_sure` when it
    is a code or so similar to another name that the documents cannot mean it; `is_name` when it is written like a name.
    """

    stem: str
    word: str
    meant: str = ""
    is_sure: bool = False
    is_name: bool = False


def missing_words(
    snapshot: Snapshot, question: str, frequencies: Mapping[str, int], similar: Sequence[Mended]
) -> tuple[Missing, ...]:
    """At most MOST_MISSING of the words that are unknown to the documents. Words with a token of their own are left
    out, unless they are written like names: the encoder knows what such words mean.
    """
    written, meant = written_words(question), {each.typed: each.spelled for each in similar}
    found = []
    for stem, count in frequencies.items():
        if count or stem.isdigit():
            continue
        word, is_name = written.get(stem, (stem, False))
        is_code = any(map(str.isdigit, stem))
        may_be_name = is_name or _may_be_name(snapshot, word)
        if is_code or may_be_name or stem in meant:
            is_sure = is_code or (stem in meant and may_be_name)
            found.append(Missing(stem, word, meant.get(stem, ""), is_sure, is_name))
    return tuple(found[:MOST_MISSING])


def _may_be_name(snapshot: Snapshot, word: str) -> bool:
    """Whether a word in small letters may be a name: one that is rare in the language and not inflected."""
    return (
        len(word) >= _SHORTEST_NAME
        and not _INFLECTED.search(word.lower())
        and token_count(snapshot, word) > ONE_TOKEN
    )


def code_family(snapshot: Snapshot, code: str) -> bool:
    """Whether the documents contain codes with the same letters before another number: "e1042" for "e1999"."""
    begins = _CODE.match(code)
    if begins is None:
        return False
    family = re.compile(rf"{re.escape(begins[1])}\d")
    return any(family.match(row.term) for row in vocabulary_of(snapshot).known)


def parts_of_unknown_code(snapshot: Snapshot, word: str) -> list[str]:
    """The parts of "type-2" or "covid-19", whose letters are a word, if there are no codes like it."""
    begins = _CODE.match(re.sub(r"[^\w]", "", word))
    if begins is None or len(begins[1]) <= _PREFIX_ALONE or code_family(snapshot, begins[0]):
        return []
    return parts_of_code(word)
