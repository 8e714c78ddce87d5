"""What a question names: the label of a clause or step, and rows of tables by their key cells. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apps.knowledge.index.analyzer import words
from apps.knowledge.search.results import RankedPassage

_KIND = (
    r"clauses?|sections?|articles?|art\.|steps?|paragraphs?|items?|points?|rules?|chapters?|§+|abschnitt|absatz|artikel|"
    r"ziffer|schritt|punkt|kapitel|regel|article|section|étape|artículo|sección|paso"
)
_PLACE = re.compile(
    rf"(?<!\w)(?P<kind>{_KIND})\s*(?P<label>\d+(?:\.\d+)*[a-z]?)(?!\.?\w)"
    r"(?:\s*(?:\((?P<inner>\w{1,4})\)|(?:absatz|abs\.|paragraph|item|point)\s*(?P<part>\w{1,4})(?!\w)))?",
    re.IGNORECASE,
)
_ASKING = frozenset(
    stem for _, stem in words("say says state states mean read provide tell contain cover require describe")
)


@dataclass(frozen=True)
class Place:
    """The block with a label, such as "2.3", and the label of a part of it, such as "b" ("" for none)."""

    kind: str
    label: str
    inner: str
    is_all: bool  # whether the question asks for nothing else

    def is_at(self, text: str) -> bool:
        kind = rf"(?:(?:{_KIND})\s*)?"
        return re.match(rf"{kind}{re.escape(self.label)}[.):]?(?!\w|\.\d)", text, re.IGNORECASE) is not None

    def is_part(self, text: str) -> bool:
        return re.match(rf"\(?{re.escape(self.inner)}[.)](?!\w)", text, re.IGNORECASE) is not None


def place_in(question: str) -> Place | None:
    """The first place that the question names, if any."""
    found = _PLACE.search(question)
    if found is None:
        return None
    rest = question[: found.start()] + " " + question[found.end() :]
    is_all = _ASKING.issuperset(stem for _, stem in words(rest))
    return Place(found["kind"], found["label"], found["inner"] or found["part"] or "", is_all)


def sentences_at(place: Place, passages: Sequence[RankedPassage]) -> set[int]:
    """The ids of the sentences that begin with the label, or with that of the part if there is one below it."""
    found = [ids for passage in passages if any(ids := _in_passage(place, passage))]
    parts = {part for _, part in found if part}
    return parts or {whole for whole, _ in found if whole}


def _in_passage(place: Place, passage: RankedPassage) -> tuple[int, int]:
    """The ids of the sentence with the label, and of the one with the label of the part; 0 for none."""
    whole = 0
    if passage.sentences and passage.heading_path and place.is_at(passage.heading_path[-1]):
        whole = passage.sentences[0].sentence_id
    for sentence in passage.sentences:
        if not whole and place.is_at(sentence.text):
            whole = sentence.sentence_id
        elif whole and place.inner and place.is_part(sentence.text):
            return whole, sentence.sentence_id
    return whole, 0


def rows_of_headings(question: str, passages: Sequence[RankedPassage]) -> set[int]:
    """The ids of table rows that share no word with the question but those of their headings, in documents with a row
    whose key cell the question names.
    """
    asked = {stem for _, stem in words(question)}
    rows = list(_rows(passages))
    naming = {version for version, _, text in rows if _names_key(asked, text.partition("\t")[0])}
    return {
        sentence_id
        for version, sentence_id, text in rows
        if version in naming and asked.isdisjoint(stem for _, stem in words(text))
    }


def _names_key(asked: set[str], key: str) -> bool:
    """Whether the question has all words of a key cell."""
    stems = {stem for _, stem in words(key)}
    return bool(stems) and stems <= asked


def _rows(passages: Sequence[RankedPassage]) -> Iterator[tuple[int, int, str]]:
    for passage in passages:
        for sentence in passage.sentences:
            if sentence.context and "\t" in sentence.text:
                yield passage.version_id, sentence.sentence_id, sentence.text
