"""The text of a version as it is compared with that of another one: paragraphs of words that keep their looks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from apps.knowledge.documents.excerpts import Excerpt
from apps.knowledge.documents.parsed_document import Block, BlockKind, StyleKind
from apps.knowledge.pages.rendering import DocumentRenderer, Run

LONGEST = 4_000  # characters; a longer paragraph is compared in pieces
_WORD = re.compile(r"[^\s.,;:!?()\[\]\"“”„«»]+|\S")
_SPACE = re.compile(r"\s+")
_SHAPED = (BlockKind.CODE, BlockKind.TABLE_ROW)


@dataclass(frozen=True)
class Words:
    """`styles` are those of the text from each of `style_starts` to the next one."""

    text: str
    style_starts: tuple[int, ...] = (0,)
    styles: tuple[tuple[StyleKind, ...], ...] = ((),)

    @cached_property
    def _bounds(self) -> tuple[int, ...]:
        """Where each word begins, and the end. What is in front of the first one belongs to it."""
        starts = [found.start() for found in _WORD.finditer(self.text)]
        return (0, *starts[1:], len(self.text)) if starts else (0,)

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """Words and marks without the space after them."""
        return tuple(self.text[low:high].rstrip() for low, high in pairwise(self._bounds))

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The offsets of the words from `first` to before `last`, each with the space after it."""
        return self._bounds[first], self._bounds[last]

    def runs(self, low: int, high: int) -> tuple[Run, ...]:
        """text[low:high], cut where the looks change."""
        at = range(bisect_right(self.style_starts, low) - 1, bisect_right(self.style_starts, high - 1))
        cuts = [low, *(self.style_starts[n] for n in at[1:]), high]
        return tuple(
            Run(self.text[start:end], styles=self.styles[n])
            for n, (start, end) in zip(at, pairwise(cuts), strict=True)
        )


@dataclass(frozen=True)
class Paragraph:
    """A block of the text. It has one cell, unless it is a row of a table; `heads` tells which are headings."""

    cells: tuple[Words, ...]
    kind: BlockKind = BlockKind.PARAGRAPH
    heads: tuple[bool, ...] = (False,)

    @property
    def text(self) -> str:
        return "\t".join(cell.text for cell in self.cells)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        return frozenset(word for cell in self.cells for word in cell.plain)

    @property
    def shape(self) -> tuple[object, int]:
        """Paragraphs of one shape can be shown as one that has changed."""
        return self.kind if self.kind in _SHAPED else None, len(self.cells)


def paragraphs(excerpt: Excerpt) -> list[Paragraph]:
    """Without those that have no words."""
    renderer = DocumentRenderer(excerpt)
    found = (paragraph for _, block in excerpt.blocks for paragraph in _of_block(renderer, block))
    return [paragraph for paragraph in found if paragraph.text.strip()]


def _of_block(renderer: DocumentRenderer, block: Block) -> Iterator[Paragraph]:
    if block.cells:
        cells = tuple(words_of(renderer.runs(cell.start, cell.end)) for cell in block.cells)
        yield Paragraph(cells, block.kind, tuple(cell.is_header for cell in block.cells))
        return
    words = words_of(renderer.runs(block.start, block.end), keep_lines=block.kind is BlockKind.CODE)
    for low in range(0, len(words.text), LONGEST):
        runs = words.runs(low, min(low + LONGEST, len(words.text)))
        yield Paragraph((words_of(runs, keep_lines=True),), block.kind)


def words_of(runs: Iterable[Run], *, keep_lines: bool = False) -> Words:
    """With single spaces, because lines broken elsewhere are no change, unless lines are to be kept."""
    pieces: list[str] = []
    starts: list[int] = []
    styles: list[tuple[StyleKind, ...]] = []
    end = 0
    for run in runs:
        text = run.text if keep_lines else _SPACE.sub(" ", run.text)
        if not keep_lines and (not pieces or pieces[-1].endswith(" ")):
            text = text.lstrip(" ")
        if text:
            pieces.append(text)
            starts.append(end)
            styles.append(run.styles)
            end += len(text)
    return Words("".join(pieces).rstrip(), tuple(starts) or (0,), tuple(styles) or ((),))
