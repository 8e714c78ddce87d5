"""Joins blocks into the text of a document and records their offsets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from apps.knowledge.documents.parsed_document import (
    Block,
    BlockKind,
    Cell,
    FailureCode,
    Figure,
    Link,
    ParsedDocument,
    ParseError,
    PlacedLine,
    Style,
)
from apps.knowledge.parsing.inline import Fragment

MOST_STYLES = 100_000  # of a document; any beyond are dropped: its text does not depend on them
MOST_LINES = 300_000  # of pages, the same way: those beyond are not marked on the pictures of pages
MOST_FIGURES = 10_000  # those beyond are dropped
_TIGHT = {BlockKind.LIST_ITEM, BlockKind.TABLE_ROW}


class DocumentBuilder:
    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._links: list[Link] = []
        self._styles: list[Style] = []
        self._pages: list[int] = []
        self._lines: list[PlacedLine] = []
        self._figures: list[Figure] = []
        self._blocks_before_figure = 0

    @property
    def is_empty(self) -> bool:
        return not self._blocks

    def block(self, kind: BlockKind, content: Fragment, level: int = 0, label: str = "") -> None:
        """Append a block whose text begins with the label and a space, if there is a label. A block without text is
        left out.
        """
        if not content.text.strip():
            return
        self._separate(tight=kind is BlockKind.LIST_ITEM and self._last_kind() is kind)
        start = self._length
        if label:
            self._put(f"{label} ")
        length = self._length - start
        self._append(content)
        self._blocks.append(Block(kind, start, self._length, level, label=length))

    def figure(self, figure: Figure) -> None:
        """Append a picture, which is no text. It stands after the last block."""
        if len(self._figures) < MOST_FIGURES:
            last = self._blocks[-1] if self._blocks else None
            start = max(last.start, last.end - 1) if last else -1
            self._figures.append(replace(figure, start=start))
            self._blocks_before_figure = len(self._blocks)

    def caption(self) -> None:
        """Make the last block the caption of the picture before it, if there is one and the block is a paragraph."""
        is_next = self._figures and self._blocks_before_figure == len(self._blocks) - 1
        if is_next and self._last_kind() is BlockKind.PARAGRAPH:
            self._figures[-1] = replace(self._figures[-1], has_caption=True)

    @property
    def last_block(self) -> int:
        """The number of the last block."""
        return len(self._blocks) - 1

    @property
    def ends_with_heading(self) -> bool:
        return self._last_kind() is BlockKind.HEADING

    def end_section(self, heading: int) -> None:
        """End the section of a heading, given by its number, before the next block."""
        self._blocks[heading] = replace(self._blocks[heading], section_end=self._length)

    def row(self, cells: Sequence[tuple[Fragment, Cell]], first: bool) -> None:
        """Append a table row, with its texts joined by tabs. Sets the offsets of the given cells."""
        self._separate(tight=not first and self._last_kind() is BlockKind.TABLE_ROW)
        start, placed = self._length, []
        for index, (content, cell) in enumerate(cells):
            if index:
                self._put("\t")
            at = self._append(content)
            placed.append(cell._replace(start=at, end=self._length))
        self._blocks.append(Block(BlockKind.TABLE_ROW, start, self._length, cells=tuple(placed)))

    def page(self) -> None:
        """Begin the next page."""
        self._separate(tight=False)
        self._pages.append(self._length)

    def page_inside(self, offset: int) -> None:
        """Begin the next page inside the last block, that many characters after its label."""
        block = self._blocks[-1]
        self._pages.append(min(block.start + block.label + offset, block.end))

    def finish(
        self,
        media_type: str,
        fallback_title: str,
        title: str = "",
        language: str = "",
        metadata: Mapping[str, str] | None = None,
    ) -> ParsedDocument:
        """The document. Without a title, its title is the first heading of level 1, or else the fallback.

        Raises ParseError(EMPTY) if no block has text.
        """
        if not self._blocks:
            raise ParseError(FailureCode.EMPTY)
        text = "".join(self._parts)[: self._blocks[-1].end]  # without empty pages at the end
        return ParsedDocument(
            text=text,
            title=title or self._first_heading(text) or fallback_title,
            blocks=tuple(self._blocks),
            media_type=media_type,
            language=language,
            pages=tuple(min(page, len(text)) for page in self._pages),
            links=tuple(self._links),
            styles=tuple(self._styles),
            lines=tuple(self._lines),
            figures=tuple(self._figures),
            metadata=dict(metadata or {}),
        )

    def _first_heading(self, text: str) -> str:
        for block in self._blocks:
            if block.kind is BlockKind.HEADING and block.level == 1:
                return " ".join(text[block.start : block.end].split())
        return ""

    def _last_kind(self) -> BlockKind | None:
        return self._blocks[-1].kind if self._blocks else None

    def _separate(self, tight: bool) -> None:
        """Appends a line end between list items and rows, an empty line between other blocks, nothing at a
        page start.
        """
        if self._parts and self._parts[-1] != "\n\n":
            self._put("\n" if tight else "\n\n")

    def _append(self, content: Fragment) -> int:
        start = self._length
        self._put(content.text)
        self._links += [Link(start + low, start + high, target) for low, high, target in content.links]
        room = MOST_STYLES - len(self._styles)
        self._styles += [Style(start + low, start + high, kind) for low, high, kind in content.styles[:room]]
        self._lines += [_moved(line, start) for line in content.lines[: MOST_LINES - len(self._lines)]]
        return start

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)


def _moved(line: PlacedLine, start: int) -> PlacedLine:
    low, high, *place = line
    return PlacedLine(start + low, start + high, *place)
