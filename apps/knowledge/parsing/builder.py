"""Joins blocks into the one text of a document and keeps every offset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from apps.knowledge.documents.parsed_document import (
    Block,
    BlockKind,
    Cell,
    FailureCode,
    Link,
    ParsedDocument,
    ParseError,
)
from apps.knowledge.parsing.inline import Fragment

_TIGHT = {BlockKind.LIST_ITEM, BlockKind.TABLE_ROW}


class DocumentBuilder:
    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._links: list[Link] = []
        self._pages: list[int] = []

    @property
    def is_empty(self) -> bool:
        return not self._blocks

    def block(self, kind: BlockKind, content: Fragment, level: int = 0, ordinal: int = 0) -> None:
        """Append a block; one without text is left out."""
        if not content.text.strip():
            return
        self._separate(tight=kind is BlockKind.LIST_ITEM and self._last_kind() is kind)
        start = self._append(content)
        self._blocks.append(Block(kind, start, self._length, level, ordinal=ordinal))

    def row(self, cells: Sequence[tuple[Fragment, Cell]], first: bool) -> None:
        """Append a table row: texts joined by tabs. The offsets of the given cells are filled in."""
        self._separate(tight=not first and self._last_kind() is BlockKind.TABLE_ROW)
        start, placed = self._length, []
        for index, (content, cell) in enumerate(cells):
            if index:
                self._put("\t")
            at = self._append(content)
            placed.append(replace(cell, start=at, end=self._length))
        self._blocks.append(Block(BlockKind.TABLE_ROW, start, self._length, cells=tuple(placed)))

    def page(self) -> None:
        """What follows stands on the next page."""
        self._separate(tight=False)
        self._pages.append(self._length)

    def finish(
        self,
        media_type: str,
        fallback_title: str,
        title: str = "",
        language: str = "",
        metadata: Mapping[str, str] | None = None,
    ) -> ParsedDocument:
        """The document. Without a title the first heading of level 1 gives it, else the fallback does.

        Raises ParseError(EMPTY) where no block has text.
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
        """A line end between list items and rows, an empty line between all others, nothing at the start of a page."""
        if self._parts and self._parts[-1] != "\n\n":
            self._put("\n" if tight else "\n\n")

    def _append(self, content: Fragment) -> int:
        start = self._length
        self._put(content.text)
        self._links.extend(Link(start + it.start, start + it.end, it.target) for it in content.links)
        return start

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
