"""Writes the blocks and tables of PDF pages into a document."""

from __future__ import annotations

from collections.abc import Sequence

from apps.knowledge.documents.parsed_document import BlockKind
from apps.knowledge.parsing.builder import DocumentBuilder
from apps.knowledge.parsing.inline import Fragment, InlineWriter
from apps.knowledge.parsing.pdf_blocks import Item, PdfBlock
from apps.knowledge.parsing.pdf_lines import Line, Note
from apps.knowledge.parsing.pdf_sheets import placed_lines
from apps.knowledge.parsing.pdf_tables import Table
from apps.knowledge.parsing.pdf_words import plain_letters, whole_words
from apps.knowledge.parsing.tables import TableCell, write_table


class PdfWriter:
    """`words` are the complete words of the document."""

    def __init__(self, builder: DocumentBuilder, words: set[str]) -> None:
        self._builder = builder
        self._words = words
        self._writer = InlineWriter()
        self._notes: list[Note] = []  # of the list that is being written

    def write(self, pages: Sequence[Sequence[Item]]) -> None:
        written: Item | None = None
        for page in pages:
            rest = list(page)
            if rest and rest[0] is written:  # it began on an earlier page, and was written with all its pages
                rest.pop(0)
            else:
                self._end_list(rest[0] if rest else None)
                self._builder.page()
            for item in rest:
                self._item(item)
                written = item
        self._end_list(None)

    def _item(self, item: Item) -> None:
        self._end_list(item)
        if isinstance(item, Table):
            write_table(self._builder, self._rows(item))
        else:
            self._block(item)
        self._notes += item.notes

    def _block(self, block: PdfBlock) -> None:
        content = self._placed(block.text(), block.lines)
        self._builder.block(block.kind, content, block.level, plain_letters(block.label))
        for turn in block.turns:
            before = len(self._fragment(block.text(turn)).text)
            self._builder.page_inside(content.text.find(" ", before) + 1 or before)

    def _rows(self, table: Table) -> list[list[TableCell]]:
        return [
            [
                TableCell(
                    self._placed("\n".join(line.text for line in cell), cell), number < table.header_rows
                )
                for cell in row
            ]
            for number, row in enumerate(table.rows)
        ]

    def _end_list(self, following: Item | None) -> None:
        """Notes stand after the list that refers to them, not inside it."""
        if isinstance(following, PdfBlock) and following.kind is BlockKind.LIST_ITEM:
            return
        notes, self._notes = self._notes, []
        for note in notes:
            self._builder.block(BlockKind.PARAGRAPH, self._placed(note.text, note.lines))

    def _placed(self, text: str, lines: Sequence[Line]) -> Fragment:
        fragment = self._fragment(text)
        return Fragment(fragment.text, lines=tuple(placed_lines(fragment.text, text, lines)))

    def _fragment(self, text: str) -> Fragment:
        self._writer.write(whole_words(plain_letters(text), self._words))
        return self._writer.take()
