"""Two versions' paragraphs side by side: what was removed, what was added, word by word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from apps.knowledge.documents.excerpts import first_parts
from apps.knowledge.documents.parsed_document import BlockKind
from apps.knowledge.models import DocumentVersion
from apps.knowledge.pages.compared_text import Paragraph, Words, paragraphs
from apps.knowledge.pages.direction import is_right_to_left
from apps.knowledge.pages.rendering import Run
from apps.knowledge.pages.sequence_diff import Effort, matched

MOST_CHANGES = 200
PARTS = 20  # of each version: some hundred printed pages
CONTEXT = 2  # unchanged paragraphs on each side of a change
NEAR = 8  # added paragraphs among which a removed one is looked for
ALIKE = 0.5  # of the words of both, for one paragraph to be the other changed


@dataclass(frozen=True)
class Change:
    """`kind` is "removed", "added", or "" for words that both have."""

    kind: str
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class ComparedCell:
    """A cell of a table, or the whole of another block."""

    changes: tuple[Change, ...]
    is_header: bool = False

    @property
    def text(self) -> str:
        return "".join(change.text for change in self.changes)


@dataclass(frozen=True)
class Row:
    """A paragraph: "same", "removed", "added" or "changed"; or several `rows`: "fold" for those that are the same,
    "table" for those of one table.
    """

    kind: str
    cells: tuple[ComparedCell, ...] = ()
    block: BlockKind = BlockKind.PARAGRAPH
    rows: tuple[Row, ...] = ()

    @property
    def text(self) -> str:
        return "\t".join(cell.text for cell in self.cells)

    @property
    def count(self) -> int:
        """The number of paragraphs."""
        return sum(row.count for row in self.rows) or 1

    @property
    def is_head(self) -> bool:
        return bool(self.cells) and all(cell.is_header or not cell.text for cell in self.cells)

    @property
    def is_right_to_left(self) -> bool:
        """Whether the first column of the table is on the right."""
        return is_right_to_left(cell.text for row in self.rows for cell in row.cells)


@dataclass(frozen=True)
class Comparison:
    """`changes` counts paragraphs; `is_cut` when there are more than are shown, `is_partial` when only the beginnings
    of two long documents were compared.
    """

    rows: list[Row]
    changes: int
    is_cut: bool
    is_partial: bool = False


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
    return Comparison(list(_in_tables(_folded(rows, is_cut=is_cut))), changes, is_cut)


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
        yield _changed(each, new[at + heir], effort)
        at += heir + 1
    yield from (_whole("added", other) for other in new[at:])


def _heir(paragraph: Paragraph, candidates: Sequence[Paragraph]) -> int | None:
    likeness = [_likeness(paragraph, each) for each in candidates]
    best = max(likeness, default=0.0)
    return likeness.index(best) if best >= ALIKE else None


def _likeness(old: Paragraph, new: Paragraph) -> float:
    if old.shape != new.shape:
        return 0.0
    words = len(old.vocabulary) + len(new.vocabulary)
    return 2 * len(old.vocabulary & new.vocabulary) / (words or 1)


def _whole(kind: str, paragraph: Paragraph) -> Row:
    mark = "" if kind == "same" else kind
    cells = tuple(
        (Change(mark, each.runs(0, len(each.text))),) if each.text else () for each in paragraph.cells
    )
    return _row(kind, paragraph, cells)


def _changed(old: Paragraph, new: Paragraph, effort: Effort) -> Row:
    pairs = zip(old.cells, new.cells, strict=True)
    return _row("changed", new, [_edited(*pair, effort) for pair in pairs])


def _row(kind: str, paragraph: Paragraph, cells: Sequence[tuple[Change, ...]]) -> Row:
    compared = (ComparedCell(*cell) for cell in zip(cells, paragraph.heads, strict=True))
    return Row(kind, tuple(compared), paragraph.kind)


def _edited(old: Words, new: Words, effort: Effort) -> tuple[Change, ...]:
    runs: list[Change] = []
    i = j = 0
    for a, b in [*matched(old.plain, new.plain, effort), (len(old.plain), len(new.plain))]:
        removed, added = list(_run("removed", old, i, a)), list(_run("added", new, j, b))
        if removed and i and old.text[old.span(i, i)[0] - 1].isspace():
            runs += _space_after(runs)
        runs += removed
        runs += _space_after(removed) if added else []
        runs += added
        if b < len(new.plain):
            runs.append(Change("", new.runs(*new.span(b, b + 1))))
        i, j = a + 1, b + 1
    return tuple(_joined(runs))


def _run(kind: str, words: Words, first: int, last: int) -> Iterator[Change]:
    """The space after the last word belongs to neither side."""
    if first >= last:
        return
    low, high = words.span(first, last)
    end = low + len(words.text[low:high].rstrip())
    yield Change(kind, words.runs(low, end))
    if end < high:
        yield Change("", words.runs(end, high))


def _space_after(runs: Sequence[Change]) -> list[Change]:
    """A space, unless there is one or nothing to keep apart: words of the two versions must not run together."""
    return [Change("", (Run(" "),))] if runs and not runs[-1].text[-1:].isspace() else []


def _joined(changes: Iterable[Change]) -> Iterator[Change]:
    for kind, group in groupby(changes, key=lambda change: change.kind):
        runs = groupby((run for change in group for run in change.runs), key=lambda run: run.styles)
        joined = (Run("".join(run.text for run in alike), styles=styles) for styles, alike in runs)
        yield Change(kind, tuple(joined))


def _in_tables(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows of one table together. A row of headings after others begins another table."""
    table: list[Row] = []
    for row in rows:
        is_row = row.block is BlockKind.TABLE_ROW
        if table and (not is_row or (row.is_head and not table[-1].is_head)):
            yield Row("table", rows=tuple(table))
            table = []
        if is_row:
            table.append(row)
        else:
            yield row
    if table:
        yield Row("table", rows=tuple(table))


def _folded(rows: Sequence[Row], *, is_cut: bool) -> Iterator[Row]:
    groups = [(same, list(group)) for same, group in groupby(rows, key=lambda row: row.kind == "same")]
    for n, (is_same, group) in enumerate(groups):
        is_last = n == len(groups) - 1 and not is_cut
        before, after = (CONTEXT if n else 0), (0 if is_last else CONTEXT)
        hidden = group[before : len(group) - after]
        if not is_same or len(hidden) < 2:
            yield from group
            continue
        yield from group[:before]
        yield Row("fold", rows=tuple(_in_tables(hidden)))
        yield from group[len(group) - after :]
