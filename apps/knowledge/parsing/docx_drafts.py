"""Blocks of a Word document between reading and writing: notes and tables of contents change their order and number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from apps.knowledge.documents.parsed_document import BlockKind, Figure
from apps.knowledge.parsing.builder import DocumentBuilder
from apps.knowledge.parsing.inline import Fragment
from apps.knowledge.parsing.tables import TableCell, write_table


@dataclass(frozen=True)
class TextDraft:
    """`entry` is the title that the text names if it has the form of an entry in a table of contents.
    `is_contents_title`: the title of such a table, if entries follow. `is_title`: the title of the document, by its
    style. `is_caption`: the caption of a picture or table, by its style. `pictures` stand after it.
    """

    kind: BlockKind
    content: Fragment
    level: int = 0
    label: str = ""
    entry: str = ""
    is_contents_title: bool = False
    is_title: bool = False
    is_caption: bool = False
    pictures: tuple[Figure, ...] = ()

    @property
    def text(self) -> str:
        return self.content.text

    @property
    def is_top(self) -> bool:
        """Whether it is a heading of the first level."""
        return self.kind is BlockKind.HEADING and self.level == 1

    def write(self, builder: DocumentBuilder) -> None:
        builder.block(self.kind, self.content, self.level, self.label)
        if self.is_caption:
            builder.caption()
        write_pictures(builder, self.pictures)


@dataclass(frozen=True)
class TableDraft:
    rows: list[list[TableCell]]
    pictures: tuple[Figure, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join("\t".join(cell.content.text for cell in row) for row in self.rows)

    def write(self, builder: DocumentBuilder) -> None:
        write_table(builder, self.rows)
        write_pictures(builder, self.pictures)


def write_pictures(builder: DocumentBuilder, pictures: Iterable[Figure]) -> None:
    for picture in pictures:
        builder.figure(picture)


Draft = TextDraft | TableDraft
