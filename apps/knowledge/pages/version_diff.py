"""Two versions' paragraphs side by side: what was removed, what was added, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, pairwise

from apps.knowledge.documents.excerpts import Excerpt, first_parts
from apps.knowledge.documents.parsed_document import BlockKind
from apps.knowledge.models import DocumentVersion
from apps.knowledge.pages.sequence_diff import Effort, matched

MOST_CHANGES = 200
PARTS = 20  # of each version: some hundred printed pages
CONTEXT = 2  # unchanged paragraphs on each side of a change
NEAR = 8  # added paragraphs among which a removed one is looked for
ALIKE = 0.5  # of the words of both, for one paragraph to be the other changed
LONGEST = 4_000  # characters; a longer paragraph is compared in pieces
_WORD = re.compile(r"[^\s.,;:!?()\[\]\"“”„«»]+|\S")


@dataclass(frozen=True)
class Paragraph:
    """Its text with single spaces: lines broken elsewhere are no change."""

    text: str
    is_heading: bool = False

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Words and marks, each with the space after it."""
        starts = [found.start() for found in _WORD.finditer(self.text)]
        return tuple(self.text[low:high] for low, high in pairwise([*starts, len(self.text)]))

    @cached_property
    def plain_words(self) -> tuple[str, ...]:
        return tuple(word.rstrip() for word in self.words)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        return frozenset(self.plain_words)


@dataclass(frozen=True)
class Change:
    """`kind` is "removed", "added", or "" for words that both have."""

    kind: str
    text: str


@dataclass(frozen=True)
class Row:
    """A paragraph: "same", "removed", "added" or "changed"; or "fold", which stands for `count` that are the same."""

    kind: str
    runs: tuple[Change, ...] = ()
    is_heading: bool = False
    count: int = 0


@dataclass(frozen=True)
class Comparison:
    """`changes` counts paragraphs; `is_cut` when there are more than are shown, `is_partial` when only the beginnings
    of two long documents were compared.
    """

    rows: list[Row]
    changes: int
    is_cut: bool
    is_partial: bool = False


def paragraphs(excerpt: Excerpt) -> list[Paragraph]:
    return [
        Paragraph(piece, block.kind == BlockKind.HEADING)
        for _, block in excerpt.blocks
        for piece in _pieces(" ".join(excerpt.words(block.start, block.end).split()))
    ]


def compare_versions(older: DocumentVersion, newer: DocumentVersion) -> Comparison:
    """Versions from a selector. Only the first PARTS of each are compared."""
    found = compare(*(paragraphs(first_parts(version, PARTS)) for version in (older, newer)))
    is_partial = max(version.parts.count() for version in (older, newer)) > PARTS
    return replace(found, is_partial=is_partial)


def compare(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> Comparison:
    rows, changes, is_cut = [], 0, False
    for row in _rows(old, new, Effort()):
        if row.kind != "same" and changes == MOST_CHANGES:
            is_cut = True
            break
        changes += row.kind != "same"
        rows.append(row)
    return Comparison(list(_folded(rows, is_cut=is_cut)), changes, is_cut)


def _pieces(text: str) -> Iterator[str]:
    return (text[low : low + LONGEST] for low in range(0, len(text), LONGEST))


def _rows(old: Sequence[Paragraph], new: Sequence[Paragraph], effort: Effort) -> Iterator[Row]:
    same = matched([each.text for each in old], [each.text for each in new], effort)
    i = j = 0
    for a, b in [*same, (len(old), len(new))]:
        yield from _replaced(old[i:a], new[j:b], effort)
        if b < len(new):
            yield _whole("same", new[b])
        i, j = a + 1, b + 1


def _replaced(old: Sequence[Paragraph], new: Sequence[Paragraph], effort: Effort) -> Iterator[Row]:
    """A removed paragraph and the added one that it became are one changed paragraph."""
    at = 0
    for each in old:
        heir = _heir(each, new[at : at + NEAR])
        if heir is None:
            yield _whole("removed", each)
            continue
        yield from (_whole("added", other) for other in new[at : at + heir])
        yield Row("changed", _edited(each, new[at + heir], effort), new[at + heir].is_heading)
        at += heir + 1
    yield from (_whole("added", other) for other in new[at:])


def _heir(paragraph: Paragraph, candidates: Sequence[Paragraph]) -> int | None:
    likeness = [_likeness(paragraph.vocabulary, each.vocabulary) for each in candidates]
    best = max(likeness, default=0.0)
    return likeness.index(best) if best >= ALIKE else None


def _likeness(old: frozenset[str], new: frozenset[str]) -> float:
    return 2 * len(old & new) / (len(old) + len(new) or 1)


def _whole(kind: str, paragraph: Paragraph) -> Row:
    return Row(kind, (Change("" if kind == "same" else kind, paragraph.text),), paragraph.is_heading)


def _edited(old: Paragraph, new: Paragraph, effort: Effort) -> tuple[Change, ...]:
    runs: list[Change] = []
    i = j = 0
    for a, b in [*matched(old.plain_words, new.plain_words, effort), (len(old.words), len(new.words))]:
        runs += _run("removed", old.words[i:a])
        runs += _run("added", new.words[j:b])
        runs += [Change("", word) for word in new.words[b : b + 1]]
        i, j = a + 1, b + 1
    return tuple(_joined(runs))


def _run(kind: str, words: Sequence[str]) -> Iterator[Change]:
    """The space after the last word belongs to neither side."""
    text = "".join(words)
    if text:
        yield Change(kind, text.rstrip())
    if text != text.rstrip():
        yield Change("", " ")


def _joined(runs: Iterable[Change]) -> Iterator[Change]:
    for kind, group in groupby(runs, key=lambda run: run.kind):
        yield Change(kind, "".join(run.text for run in group))


def _folded(rows: Sequence[Row], *, is_cut: bool) -> Iterator[Row]:
    groups = [(same, list(group)) for same, group in groupby(rows, key=lambda row: row.kind == "same")]
    for n, (is_same, group) in enumerate(groups):
        is_last = n == len(groups) - 1 and not is_cut
        before, after = (CONTEXT if n else 0), (0 if is_last else CONTEXT)
        hidden = len(group) - before - after
        if not is_same or hidden < 2:
            yield from group
            continue
        yield from group[:before]
        yield Row("fold", count=hidden)
        yield from group[len(group) - after :]
