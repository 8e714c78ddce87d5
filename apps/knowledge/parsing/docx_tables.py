"""Reads Word tables. Merged cells become spans; the first row is a header if Word marks it as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from apps.knowledge.parsing.docx_package import attribute, child, local, number
from apps.knowledge.parsing.docx_runs import RunReader
from apps.knowledge.parsing.inline import Fragment, InlineWriter
from apps.knowledge.parsing.tables import TableCell

_FIRST_ROW_BIT = 0x0020  # of the older tblLook mask


@dataclass
class _Draft:
    content: Fragment
    is_header: bool
    columns: int
    rows: int = 1


def read_table(table: Element, links: dict[str, str]) -> list[list[TableCell]]:
    drafts: list[list[_Draft]] = []
    above: dict[int, _Draft] = {}  # {column: the merged cell that extends to the previous row}
    rows = list(_rows(table))
    for index, row in enumerate(rows):
        is_header = len(rows) > 1 and (_repeats(row) or (index == 0 and _marks_first_row(table)))
        drafts.append(_row(row, is_header, above, links))
    return [[TableCell(it.content, it.is_header, it.columns, it.rows) for it in row] for row in drafts]


def _row(row: Element, is_header: bool, above: dict[int, _Draft], links: dict[str, str]) -> list[_Draft]:
    begun: list[_Draft] = []
    column = 0
    for cell in _flat(row, "tc"):
        properties = child(cell, "tcPr")
        merge = child(properties, "vMerge")
        columns = max(1, number(attribute(child(properties, "gridSpan"), "val", "1"), 1))
        if merge is not None and attribute(merge, "val", "continue") == "continue" and column in above:
            above[column].rows += 1
        else:
            above[column] = _Draft(_text(cell, links), is_header, columns)
            begun.append(above[column])
        column += columns
    return begun


def _text(cell: Element, links: dict[str, str]) -> Fragment:
    """All paragraphs of a cell in one line, including nested tables and text boxes."""
    writer = InlineWriter()
    waiting = [cell]
    while waiting:
        for paragraph in _paragraphs(waiting.pop(0)):
            runs = RunReader(writer, links)
            runs.read(paragraph)
            writer.space()
            waiting.extend(runs.boxes)
    return _one_line(writer)


def _paragraphs(element: Element) -> Iterator[Element]:
    for it in element:
        if local(it) == "p":
            yield it
        elif local(it) not in ("tcPr", "tblPr", "trPr", "sdtPr"):
            yield from _paragraphs(it)


def _one_line(writer: InlineWriter) -> Fragment:
    content = writer.take()
    return replace(content, text=content.text.replace("\n", " "))


def _rows(table: Element) -> Iterator[Element]:
    return _flat(table, "tr")


def _flat(parent: Element, name: str) -> Iterator[Element]:
    """Children by name, including those inside content controls and tracked insertions."""
    for it in parent:
        if local(it) == name:
            yield it
        elif local(it) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _flat(it, name)


def _repeats(row: Element) -> bool:
    mark = child(row, "trPr", "tblHeader")
    return mark is not None and attribute(mark, "val", "1") not in ("0", "false", "off")


def _marks_first_row(table: Element) -> bool:
    look = child(table, "tblPr", "tblLook")
    if attribute(look, "firstRow"):
        return attribute(look, "firstRow") in ("1", "true", "on")
    mask = attribute(look, "val", "0")
    return (
        bool(int(mask, 16) & _FIRST_ROW_BIT)
        if len(mask) == 4 and mask.isalnum() and mask.isascii()
        else False
    )
