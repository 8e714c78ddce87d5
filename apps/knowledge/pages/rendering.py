"""A part of a document as blocks of a page: headings, lists, tables, text with its links and the marked words.

Offsets count code points of the version's text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from apps.knowledge.documents.excerpts import Excerpt, NumberedBlock
from apps.knowledge.documents.parsed_document import Block, BlockKind, Link

DEEPEST = 6


@dataclass(frozen=True)
class TextRange:
    start: int
    end: int


@dataclass(frozen=True)
class Run:
    """Text of one look. `is_first` where the mark begins; `href` is "" outside of links."""

    text: str
    marked: bool = False
    is_first: bool = False
    href: str = ""


@dataclass(frozen=True)
class Item:
    runs: tuple[Run, ...]
    below: ItemList | None = None


@dataclass(frozen=True)
class ItemList:
    """`first` is the number of the first item, 0 for bullets."""

    first: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class RenderedCell:
    runs: tuple[Run, ...]
    is_header: bool


@dataclass(frozen=True)
class RenderedBlock:
    """`kind` is a BlockKind, or "page_break" where page `level` begins; `level` of a heading is that of its tag."""

    kind: str
    anchor: str = ""
    level: int = 0
    runs: tuple[Run, ...] = ()
    items: ItemList | None = None
    rows: tuple[tuple[RenderedCell, ...], ...] = ()


@dataclass(frozen=True)
class DocumentRenderer:
    """An excerpt, the words to mark, and addresses by link target."""

    excerpt: Excerpt
    mark: TextRange | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)

    def render(self, blocks: Sequence[NumberedBlock], *, top: int) -> list[RenderedBlock]:
        """Headings start at level `top` and skip none, as a page's outline must."""
        return list(_outlined(_with_page_breaks(self, blocks), top))


def around(excerpt: Excerpt, span: TextRange, *, before: int, after: int) -> list[NumberedBlock]:
    """The blocks within so many characters of a span."""
    low, high = span.start - before, span.end + after
    return [(n, block) for n, block in excerpt.blocks if block.end > low and block.start < high]


def _with_page_breaks(renderer: DocumentRenderer, blocks: Sequence[NumberedBlock]) -> Iterator[RenderedBlock]:
    page = 0
    for group in _groups(blocks, renderer.excerpt):
        now = renderer.excerpt.layout.page_of(group[0][1].start)
        if now is not None and now != page:
            yield RenderedBlock("page_break", f"page-{now}", level=now)
            page = now
        yield _rendered_block(renderer, group)


def _groups(blocks: Sequence[NumberedBlock], excerpt: Excerpt) -> Iterator[list[NumberedBlock]]:
    """Rows of one table and items of one list together, within a page; other blocks alone."""
    group: list[NumberedBlock] = []
    for each in blocks:
        if group and _splits(group, each[1], excerpt):
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _splits(group: Sequence[NumberedBlock], block: Block, excerpt: Excerpt) -> bool:
    first, last = group[0][1], group[-1][1]
    if block.kind != first.kind or excerpt.layout.page_of(block.start) != excerpt.layout.page_of(first.start):
        return True
    if block.kind == BlockKind.LIST_ITEM:
        return block.level <= first.level and bool(block.ordinal) != bool(first.ordinal)
    return block.kind != BlockKind.TABLE_ROW or (_is_head(block) and not _is_head(last))


def _is_head(row: Block) -> bool:
    return all(cell.is_header for cell in row.cells)


def _rendered_block(renderer: DocumentRenderer, group: Sequence[NumberedBlock]) -> RenderedBlock:
    number, block = group[0]
    rendered = RenderedBlock(block.kind.value, f"b{number}", block.level)
    blocks = [each for _, each in group]
    if block.kind == BlockKind.LIST_ITEM:
        return replace(rendered, items=_nested(renderer, blocks))
    if block.kind == BlockKind.TABLE_ROW:
        return replace(rendered, rows=tuple(_row(renderer, each) for each in blocks))
    return replace(rendered, runs=_runs(renderer, block.start, block.end))


def _nested(renderer: DocumentRenderer, blocks: Sequence[Block]) -> ItemList:
    """Deeper items hang below the item before them."""
    top = blocks[0].level
    starts = [n for n, block in enumerate(blocks) if block.level <= top]
    items = (
        Item(
            _runs(renderer, blocks[low].start, blocks[low].end),
            _nested(renderer, blocks[low + 1 : high]) if high > low + 1 else None,
        )
        for low, high in pairwise([*starts, len(blocks)])
    )
    return ItemList(blocks[0].ordinal, tuple(items))


def _row(renderer: DocumentRenderer, row: Block) -> tuple[RenderedCell, ...]:
    return tuple(RenderedCell(_runs(renderer, cell.start, cell.end), cell.is_header) for cell in row.cells)


def _runs(renderer: DocumentRenderer, start: int, end: int) -> tuple[Run, ...]:
    """The words from start to end, cut where the mark or a link begins or ends."""
    links = renderer.excerpt.links_between(start, end)
    mark = renderer.mark or TextRange(-1, -1)
    boundaries = [mark.start, mark.end, *(edge for link in links for edge in (link.start, link.end))]
    cuts = sorted({start, end, *(edge for edge in boundaries if start < edge < end)})
    targets = _targets(links, cuts)
    return tuple(
        Run(
            renderer.excerpt.words(low, high),
            marked=mark.start <= low < mark.end,
            is_first=low == mark.start,
            href=renderer.addresses.get(target, ""),
        )
        for (low, high), target in zip(pairwise(cuts), targets, strict=True)
    )


def _targets(links: Sequence[Link], cuts: Sequence[int]) -> Iterator[str]:
    """Of each stretch between two cuts, the target of the link that covers it, or "". Links are in order."""
    waiting = iter(links)
    link = next(waiting, None)
    for low, _ in pairwise(cuts):
        while link is not None and link.end <= low:
            link = next(waiting, None)
        yield link.target if link is not None and link.start <= low else ""


def _outlined(rendered: Iterable[RenderedBlock], top: int) -> Iterator[RenderedBlock]:
    shown = list(rendered)
    highest = min((block.level for block in shown if block.kind == BlockKind.HEADING), default=1)
    last = top - 1
    for block in shown:
        if block.kind == BlockKind.HEADING:
            last = min(block.level - highest + top, last + 1, DEEPEST)
            yield replace(block, level=last)
        else:
            yield block
