"""Tables whose first row is not marked as header: a question may show that it is one, and which row is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import takewhile

from apps.knowledge.index.analyzer import words
from apps.knowledge.search.results import RankedPassage, RankedSentence, Scores

SHORT_TABLE = 6  # rows below the header
Table = tuple[int, tuple[str, ...], int]  # version, headings, columns


def with_asked_rows(question: str, passages: Sequence[RankedPassage]) -> Sequence[RankedPassage]:
    """The same passages, with only those rows of such a table that the question asks for, if it does.

    These have more words of the question that the first row lacks than any other: "Who is the fire warden on the
    second floor?" The scores of the first row are then theirs. It is their header, if it has a word of the question
    that they lack.
    """
    asked = _stems(question)
    kept: dict[int, RankedSentence] = {}
    removed: set[int] = set()
    for first, *rows in _tables(passages):
        if named := _asked_for(asked, first, rows):
            removed |= {row.sentence_id for row in (first, *rows)}
            kept |= {row.sentence_id: _below(first, row, asked) for row in named}
    return [_with_rows(passage, kept, removed) for passage in passages] if removed else passages


def rows_below(passage: RankedPassage, place: int) -> int:
    """How many rows follow this one, if it may be an unmarked header of a short table; else 0."""
    first, before = passage.sentences[place], passage.sentences[:place]
    rows = list(takewhile(lambda row: "\t" in row.text and not row.context, passage.sentences[place + 1 :]))
    is_name = not first.context and not any(map(str.isdigit, first.text))
    is_first = not before or "\t" not in before[-1].text
    return len(rows) if is_name and is_first and len(rows) <= SHORT_TABLE else 0


def _tables(passages: Iterable[RankedPassage]) -> list[list[RankedSentence]]:
    """Rows in order, of tables without a header, which may go on in other passages."""
    tables: defaultdict[Table, list[RankedSentence]] = defaultdict(list)
    for passage in passages:
        if "\t" in passage.text:
            for row in passage.sentences:
                if "\t" in row.text and not row.context:
                    tables[passage.version_id, passage.heading_path, row.text.count("\t")].append(row)
    return [sorted(rows, key=lambda row: row.start) for rows in tables.values() if len(rows) > 1]


def _asked_for(
    asked: set[str], first: RankedSentence, rows: Sequence[RankedSentence]
) -> list[RankedSentence]:
    header = _stems(first.text) & asked
    if not header:
        return []
    added = [len((_stems(row.text) & asked) - header) for row in rows]
    return [row for row, number in zip(rows, added, strict=True) if number == max(added) > 0]


def _below(first: RankedSentence, row: RankedSentence, asked: set[str]) -> RankedSentence:
    is_header = not _stems(first.text) & asked <= _stems(row.text)
    context = "; ".join(filter(None, first.text.split("\t"))) if is_header else ""
    scores = Scores(*map(max, zip(first.scores, row.scores, strict=True)))
    return row._replace(context=context, scores=scores)


def _with_rows(passage: RankedPassage, kept: dict[int, RankedSentence], removed: set[int]) -> RankedPassage:
    rows = (kept.get(each.sentence_id, each) for each in passage.sentences
            if each.sentence_id in kept or each.sentence_id not in removed)  # fmt: skip
    return passage._replace(sentences=tuple(rows))


def _stems(text: str) -> set[str]:
    return {stem for _, stem in words(text)}
