"""What a question names: the label of a clause or step, and rows of tables by their key cells. Pure functions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from apps.knowledge.index.analyzer import words
from apps.knowledge.search.results import RankedPassage

_KIND = (
    r"clauses?|sections?|articles?|art\.|steps?|paragraphs?|items?|points?|rules?|chapters?|parts?|appendix|annex|schedule|§+|abschnitt|absatz|artikel|"
    r"ziffer|schritt|punkt|kapitel|regel|anhang|teil|article|section|étape|annexe|artículo|sección|paso"
)
_PLACE = re.compile(
    rf"(?<!\w)(?P<kind>{_KIND})\s*(?P<label>\d+(?:\.\d+)*[a-z]?)(?!\.?\w)"
    r"(?:\s*(?:\((?P<inner>\w{1,4})\)|(?:absatz|abs\.|paragraph|item|point)\s*(?P<part>\w{1,4})(?!\w)))?",
    re.IGNORECASE,
)
_LABEL = re.compile(
    rf"(?:the\s+)?(?:(?P<kind>{_KIND})\s*)?(?P<label>\d+(?:\.\d+)*[a-z]?)(?:\s*\((?P<inner>\w{{1,4}})\))?|"
    r"\((?P<letter>\w{1,4})\)",
    re.IGNORECASE,
)
_ASKING = frozenset(
    stem
    for _, stem in words(
        "say says state states mean read provide tell contain cover require describe sagt steht regelt lautet besagt "
        "dit dice"
    )
)


@dataclass(frozen=True)
class Place:
    """The block with a label, such as "2.3", and the label of a part of it, such as "b" ("" for none). `name` is what
    the question calls it.
    """

    name: str
    label: str
    inner: str
    is_all: bool  # whether the question asks for nothing else

    def is_at(self, text: str) -> bool:
        kind = rf"(?:(?:{_KIND})\s*)?"
        return re.match(rf"{kind}{re.escape(self.label)}[.):]?(?!\w|\.\d)", text, re.IGNORECASE) is not None

    def is_part(self, text: str) -> bool:
        if not self.inner:
            return False
        return re.match(rf"\(?{re.escape(self.inner)}[.)](?!\w)", text, re.IGNORECASE) is not None


def place_in(question: str) -> Place | None:
    """The first place that the question names, if any."""
    found = _PLACE.search(question)
    if found is None:
        return None
    rest = question[: found.start()] + " " + question[found.end() :]
    is_all = _ASKING.issuperset(stem for _, stem in words(rest))
    return Place(" ".join(found[0].split()), found["label"], found["inner"] or found["part"] or "", is_all)


def with_label(fragment: str, question: str) -> str:
    """The question for another place: "what does rule 2.3 say" with the fragment "2.4", "rule 2.4" or "(b)". "" if the
    question names no place or the fragment is no label like its own.
    """
    found, other = _PLACE.search(question), _LABEL.fullmatch(fragment.strip(" ?!."))
    if found is None or other is None or not _is_like(found["label"], other):
        return ""
    begins, inner = question[: found.start()], other["inner"] or other["letter"]
    label = other["label"] or found["label"]
    place = f"{other['kind'] or found['kind']} {label}" + (f" ({inner})" if inner else "")
    return f"{begins}{place}{question[found.end() :].rstrip('?!. ')}?"


def _is_like(label: str, other: re.Match[str]) -> bool:
    """A year is no label of a clause."""
    is_year = re.fullmatch(r"\d{4}", other["label"] or "") is not None and not other["kind"]
    return not is_year or len(label) == len(other["label"])


def sentences_at(place: Place, passages: Sequence[RankedPassage]) -> set[int]:
    """The ids of the sentences that begin with the label, or with that of the part if there is one below it."""
    found = [ids for passage in passages if any(ids := _in_passage(place, passage))]
    parts = {part for _, part in found if part}
    return parts or {whole for whole, _ in found if whole}


def lacks_place(question: str, passages: Sequence[RankedPassage]) -> bool:
    """Whether the question names a place that none of the passages is or mentions."""
    place = place_in(question)
    if place is None or sentences_at(place, passages):
        return False
    name = " ".join(place.name.casefold().split())
    return not any(name in " ".join(passage.text.casefold().split()) for passage in passages)


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


class _Row(NamedTuple):
    """A table row. `key` are the stems that its key cell shares with the question."""

    version_id: int
    table: tuple[tuple[str, ...], str]
    sentence_id: int
    text: str
    is_named: bool
    key: set[str]


def rows_not_asked(question: str, passages: Sequence[RankedPassage]) -> set[int]:
    """The ids of table rows that do not answer, as a key cell that the question names tells.

    They share no word with the question but those of their headings, in documents with a row whose key cell it names;
    or no more words than another row of their table, of which its key cell has more.
    """
    asked = _stems(question)
    rows = list(_rows(asked, passages))
    naming = {row.version_id for row in rows if row.is_named}
    unlike = {row.sentence_id for row in rows if row.version_id in naming and not asked & _stems(row.text)}
    return unlike | _with_other_keys(rows, asked)


def _with_other_keys(rows: Sequence[_Row], asked: set[str]) -> set[int]:
    tables = defaultdict(list)
    for row in rows:
        tables[row.version_id, row.table].append(row)
    found: set[int] = set()
    for table in tables.values():
        in_all = set.intersection(*(row.key for row in table))
        most = max(len(row.key - in_all) for row in table)
        if most:  # only then the other cells count
            shared = {row.sentence_id: len(asked & _stems(row.text)) for row in table}
            best = {row.sentence_id for row in table if len(row.key - in_all) == most}
            bar = max(shared[row] for row in best)
            found |= {row for row in shared.keys() - best if shared[row] <= bar}
    return found


def _rows(asked: set[str], passages: Sequence[RankedPassage]) -> Iterator[_Row]:
    for passage in passages:
        for sentence in passage.sentences:
            if sentence.context and "\t" in sentence.text:
                key = _stems(sentence.text.partition("\t")[0])
                table = passage.heading_path, sentence.context
                named = bool(key) and key <= asked
                yield _Row(passage.version_id, table, sentence.sentence_id, sentence.text, named, key & asked)


def _stems(text: str) -> set[str]:
    return {stem for _, stem in words(text)}
