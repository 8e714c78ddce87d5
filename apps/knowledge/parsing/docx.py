"""Parses DOCX: body, tables, lists, links, text boxes, content controls and notes of a Word document."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from apps.knowledge.documents.parsed_document import ParsedDocument
from apps.knowledge.parsing.builder import DocumentBuilder
from apps.knowledge.parsing.docx_package import Package, attribute, child, children, local
from apps.knowledge.parsing.docx_runs import RunReader, chosen
from apps.knowledge.parsing.docx_styles import Styles
from apps.knowledge.parsing.docx_tables import read_table
from apps.knowledge.parsing.inline import InlineWriter
from apps.knowledge.parsing.tables import write_table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_TRANSPARENT = {"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "Choice", "Fallback", "body"}


def parse_docx(data: bytes, stem: str) -> ParsedDocument:
    """Raises ParseError."""
    package = Package(data)
    main = package.main_part()
    styles = Styles(package.part_of(main, "styles"), package.part_of(main, "numbering"))
    reader = _BodyReader(DocumentBuilder(), styles, _links(package, main))
    reader.blocks(child(package.xml(main), "body"))
    for kind in ("footnote", "endnote"):
        for note in children(package.part_of(main, f"{kind}s"), kind):
            if attribute(note, "type", "normal") == "normal":  # other types are separator lines
                reader.blocks(note)
    return reader.builder.finish(MEDIA_TYPE, stem, language=styles.language)


def _links(package: Package, main: str) -> dict[str, str]:
    """{relationship id: URL of a hyperlink}"""
    return {key: target for key, (kind, target) in package.relationships(main).items() if kind == "hyperlink"}


@dataclass(frozen=True)
class _BodyReader:
    builder: DocumentBuilder
    styles: Styles
    links: dict[str, str]

    def blocks(self, parent: Element | None) -> None:
        for element in parent if parent is not None else ():
            name = local(element)
            if name == "p":
                self._paragraph(element)
            elif name == "tbl":
                self._table(element)
            elif name == "AlternateContent":
                self.blocks(chosen(element))
            elif name in _TRANSPARENT:
                self.blocks(element)

    def _paragraph(self, paragraph: Element) -> None:
        """Writes a paragraph. Text boxes that are anchored in it follow as separate blocks."""
        runs = RunReader(InlineWriter(), self.links)
        runs.read(paragraph)
        role = self.styles.role(paragraph)
        label = f"{role.ordinal}." if role.ordinal else ""
        self.builder.block(role.kind, runs.writer.take(), role.level, label)
        for box in runs.boxes:
            self.blocks(box)

    def _table(self, table: Element) -> None:
        """Writes a table. A table of one cell is treated as a frame around its blocks."""
        cells = [cell for row in children(table, "tr") for cell in children(row, "tc")]
        if len(cells) == 1:
            self.blocks(cells[0])
        else:
            write_table(self.builder, read_table(table, self.links))
