"""A part of a document as blocks of a page: headings, lists, tables, text with its links and the marked words.

Offsets count code points of the version's text.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from apps.knowledge.documents.excerpts import Excerpt, NumberedBlock, PlacedFigure
from apps.knowledge.documents.parsed_document import Block, BlockKind, Link, Style, StyleKind
from apps.knowledge.pages.direction import is_right_to_left

DEEPEST = 6


@dataclass(frozen=True)
class TextRange:
    start: int
    end: int


@dataclass(frozen=True)
class Run:
    """Text of one look. `is_first` where the mark begins; `href` is "" outside of links; `styles` are HTML elements."""

    text: str
    marked: bool = False
    is_first: bool = False
    href: str = ""
    styles: tuple[StyleKind, ...] = ()

    @property
    def closing(self) -> tuple[StyleKind, ...]:
        return self.styles[::-1]


@dataclass(frozen=True)
class Item:
    runs: tuple[Run, ...]
    below: ItemList | None = None


@dataclass(frozen=True)
class ItemList:
    """`is_numbered` if the text of its items begins with a label, so that they are shown without a marker."""

    is_numbered: bool
    items: tuple[Item, ...]


@dataclass(frozen=True)
class RenderedCell:
    runs: tuple[Run, ...]
    is_header: bool


RenderedRow = tuple[RenderedCell, ...]


class Rectangle(NamedTuple):
    """In thousandths of a page's width and height, from its upper left corner."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class PagePicture:
    """The address of the picture of a page, and what is marked on it."""

    url: str
    marks: tuple[Rectangle, ...]


@dataclass(frozen=True)
class RenderedFigure:
    """A picture in the document; `sentence` says why it is left out if `url` is "". Its size is in pixels, 0 if it is
    not known. `has_caption` if the next block is its caption.
    """

    url: str
    alt: str
    width: int
    height: int
    sentence: str
    has_caption: bool


Figures = Callable[[PlacedFigure], RenderedFigure | None]
Pictures = Callable[[int], PagePicture | None]  # of a page, counted from 1


@dataclass(frozen=True)
class RenderedBlock:
    """`kind` is a BlockKind, or "page_break" where page `level` begins; `label` is what the document prints on it, ""
    if nothing or the same, and `picture` shows it. "figure" is a picture in the document; `runs` are its caption.
    `level` of a heading is that of its tag.

    `head` are the heading rows of a table. They are repeated where `rows` continue a table that began further up.
    """

    kind: str
    anchor: str = ""
    level: int = 0
    runs: tuple[Run, ...] = ()
    items: ItemList | None = None
    head: tuple[RenderedRow, ...] = ()
    rows: tuple[RenderedRow, ...] = ()
    label: str = ""
    picture: PagePicture | None = None
    figure: RenderedFigure | None = None

    @property
    def is_right_to_left(self) -> bool:
        """Whether the first column of the table is on the right."""
        cells = (cell for row in (*self.head, *self.rows) for cell in row)
        return is_right_to_left("".join(run.text for run in cell.runs) for cell in cells)


@dataclass(frozen=True)
class DocumentRenderer:
    """An excerpt, the words to mark, addresses by link target, pictures of its pages, and pictures in it."""

    excerpt: Excerpt
    mark: TextRange | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)
    pictures: Pictures = lambda page: None
    figures: Figures = lambda placed: None

    def render(self, blocks: Sequence[NumberedBlock], *, top: int) -> list[RenderedBlock]:
        """Headings start at level `top` and skip none, as a page's outline must."""
        return list(_outlined(_with_captions(_with_page_breaks(self, blocks)), top))

    def runs(self, start: int, end: int) -> tuple[Run, ...]:
        """The words from start to end, cut where the mark, a link or a style begins or ends."""
        return _runs(self, start, end)


def around(excerpt: Excerpt, span: TextRange, *, before: int, after: int) -> list[NumberedBlock]:
    """The blocks within so many characters of a span."""
    low, high = span.start - before, span.end + after
    return [(n, block) for n, block in excerpt.blocks if block.end > low and block.start < high]


def _with_page_breaks(renderer: DocumentRenderer, blocks: Sequence[NumberedBlock]) -> Iterator[RenderedBlock]:
    page = 0
    yield from _figures_before(renderer, blocks)
    for group in _groups(blocks, renderer.excerpt):
        now = renderer.excerpt.layout.page_of(group[0][1].start)
        if now is not None and now != page:
            label = renderer.excerpt.layout.label_of(now)
            yield RenderedBlock(
                "page_break",
                f"page-{now}",
                level=now,
                label="" if label == str(now) else label,
                picture=renderer.pictures(now),
            )
            page = now
        yield _rendered_block(renderer, group)
        yield from _rendered_figures(renderer, _figures_after(renderer.excerpt, group[-1][1]))


def _figures_before(renderer: DocumentRenderer, blocks: Sequence[NumberedBlock]) -> Iterator[RenderedBlock]:
    """The pictures between the first block shown and the block before it; all if no block is shown."""
    excerpt = renderer.excerpt
    end = blocks[0][1].start if blocks else excerpt.start + len(excerpt.text)
    above = [block.start for _, block in excerpt.blocks if block.start < end] if blocks else []
    return _rendered_figures(renderer, excerpt.figures_between(above[-1] if above else -1, end))


def _figures_after(excerpt: Excerpt, block: Block) -> Sequence[PlacedFigure]:
    return excerpt.figures_between(block.start, max(block.end, block.start + 1))


def _rendered_figures(renderer: DocumentRenderer, figures: Sequence[PlacedFigure]) -> Iterator[RenderedBlock]:
    rendered = (renderer.figures(placed) for placed in figures)
    return (RenderedBlock("figure", figure=figure) for figure in rendered if figure is not None)


def _with_captions(rendered: Iterable[RenderedBlock]) -> Iterator[RenderedBlock]:
    """A picture together with its caption."""
    waiting: RenderedBlock | None = None
    for block in rendered:
        if waiting and waiting.figure and waiting.figure.has_caption and block.kind == BlockKind.PARAGRAPH:
            yield replace(waiting, anchor=block.anchor, runs=block.runs)
            waiting = None
            continue
        if waiting:
            yield waiting
        waiting = block
    if waiting:
        yield waiting


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
    if _figures_after(excerpt, last):
        return True
    if block.kind != first.kind or excerpt.layout.page_of(block.start) != excerpt.layout.page_of(first.start):
        return True
    if block.kind == BlockKind.LIST_ITEM:
        return block.level <= first.level and bool(block.label) != bool(first.label)
    return block.kind != BlockKind.TABLE_ROW or (_is_head(block) and not _is_head(last))


def _is_head(row: Block) -> bool:
    """An empty cell above the names of the rows is often no heading in the file."""
    is_named = any(cell.is_header for cell in row.cells)
    return is_named and all(cell.is_header or cell.start == cell.end for cell in row.cells)


def _rendered_block(renderer: DocumentRenderer, group: Sequence[NumberedBlock]) -> RenderedBlock:
    number, block = group[0]
    rendered = RenderedBlock(block.kind.value, f"b{number}", block.level)
    blocks = [each for _, each in group]
    if block.kind == BlockKind.LIST_ITEM:
        return replace(rendered, items=_nested(renderer, blocks))
    if block.kind == BlockKind.TABLE_ROW:
        head = [
            each for each in blocks if _is_head(each)
        ]  # they come first: a later one begins another table
        rows = tuple(_row(renderer, each) for each in blocks)
        shown_head = rows[: len(head)] or _repeated_head(block)
        return replace(rendered, head=shown_head, rows=rows[len(head) :])
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
    return ItemList(bool(blocks[0].label), tuple(items))


def _row(renderer: DocumentRenderer, row: Block) -> tuple[RenderedCell, ...]:
    return tuple(RenderedCell(_runs(renderer, cell.start, cell.end), cell.is_header) for cell in row.cells)


def _repeated_head(row: Block) -> tuple[RenderedRow, ...]:
    """The heading row of a row whose own heading row is not shown; () for a table without headings."""
    if not any(cell.column_header for cell in row.cells):
        return ()
    return (tuple(RenderedCell((Run(cell.column_header),), is_header=True) for cell in row.cells),)


def _runs(renderer: DocumentRenderer, start: int, end: int) -> tuple[Run, ...]:
    links = renderer.excerpt.links_between(start, end)
    styles = renderer.excerpt.styles_between(start, end)
    mark = renderer.mark or TextRange(-1, -1)
    boundaries = [
        mark.start,
        mark.end,
        *(edge for link in links for edge in (link.start, link.end)),
        *(edge for style in styles for edge in (style.start, style.end)),
    ]
    cuts = sorted({start, end, *(edge for edge in boundaries if start < edge < end)})
    targets = _targets(links, cuts)
    return tuple(
        Run(
            renderer.excerpt.words(low, high),
            marked=mark.start <= low < mark.end,
            is_first=low == mark.start,
            href=renderer.addresses.get(target, ""),
            styles=kinds,
        )
        for (low, high), target, kinds in zip(pairwise(cuts), targets, _looks(styles, cuts), strict=True)
    )


def _targets(links: Sequence[Link], cuts: Sequence[int]) -> Iterator[str]:
    """Of each stretch between two cuts, the target of the link that covers it, or "". Links are in order."""
    waiting = iter(links)
    link = next(waiting, None)
    for low, _ in pairwise(cuts):
        while link is not None and link.end <= low:
            link = next(waiting, None)
        yield link.target if link is not None and link.start <= low else ""


def _looks(styles: Sequence[Style], cuts: Sequence[int]) -> Iterator[tuple[StyleKind, ...]]:
    """Of each stretch between two cuts, the styles that cover it. They are in order of their starts."""
    waiting = deque(styles)
    covering: list[Style] = []
    for low, _ in pairwise(cuts):
        while waiting and waiting[0].start <= low:
            covering.append(waiting.popleft())
        covering = [style for style in covering if style.end > low]
        yield tuple(style.kind for style in covering)


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
