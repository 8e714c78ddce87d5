"""Reads Word tables. Merged cells become spans; the first row is a header if Word shows or marks it as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from string import hexdigits
from xml.etree.ElementTree import Element

from apps.knowledge.parsing.docx_package import attribute, child, local, number
from apps.knowledge.parsing.docx_runs import RunReader, Story, chosen
from apps.knowledge.parsing.docx_styles import Look, is_on
from apps.knowledge.parsing.docx_text import TextWriter
from apps.knowledge.parsing.inline import Fragment
from apps.knowledge.parsing.tables import TableCell

_FIRST_ROW_BIT = 0x0020  # of the older tblLook mask
_MERGED = "continue"
_MOST_COLUMNS = 1000
_FEWEST_NAMES, _LONGEST_NAME = 3, 40


@dataclass
class _Draft:
    content: Fragment
    is_header: bool
    columns: int
    rows: int = 1


@dataclass
class _Reader:
    story: Story
    above: dict[int, _Draft] = field(default_factory=dict)  # {column: the merged cell that extends to here}
    drafts: list[list[_Draft]] = field(default_factory=list)

    def row(self, row: Element, is_header: bool) -> None:
        begun: list[_Draft] = []
        column = min(number(attribute(child(row, "trPr", "gridBefore"), "val", "0")), _MOST_COLUMNS)
        if column:
            begun.append(_Draft(Fragment(), is_header, column))
        for cell in _flat(row, "tc"):
            properties = child(cell, "tcPr")
            columns = max(1, number(attribute(child(properties, "gridSpan"), "val", "1"), 1))
            if _is_merged(properties, "hMerge") and begun:
                begun[-1].columns += columns
            elif _is_merged(properties, "vMerge") and column in self.above:
                self.above[column].rows += 1
            else:
                self.above[column] = _Draft(_text(cell, self.story), is_header, columns)
                begun.append(self.above[column])
            column += columns
        self.drafts.append(begun)


def read_table(table: Element, story: Story) -> list[list[TableCell]]:
    reader = _Reader(story)
    rows = list(table_rows(table))
    for row in rows:
        reader.row(row, len(rows) > 1 and is_on(child(row, "trPr", "tblHeader")))
    if len(rows) > 1 and _marks_first_row(table, story, reader.drafts[0]):
        for draft in reader.drafts[0]:
            draft.is_header = True
    return [[TableCell(it.content, it.is_header, it.columns, it.rows) for it in row] for row in reader.drafts]


def table_rows(table: Element) -> Iterator[Element]:
    """The rows that are neither hidden nor deleted."""
    return (row for row in _flat(table, "tr") if _is_shown(row))


def row_cells(row: Element) -> Iterator[Element]:
    return _flat(row, "tc")


def _text(cell: Element, story: Story) -> Fragment:
    """All paragraphs of a cell in one line, including nested tables and text boxes."""
    if child(cell, "tcPr", "cellDel") is not None:
        return Fragment()
    writer = TextWriter()
    waiting = [cell]
    while waiting:
        for paragraph in _paragraphs(waiting.pop(0)):
            if story.styles.is_contents(paragraph):
                continue
            joined = story.styles.joins_next(paragraph)
            label = None if joined else story.label(paragraph)
            if label and label[0]:
                writer.text(f"{label[0]} ", Look())
            runs = RunReader(writer, story)
            runs.read(paragraph)
            if not joined:
                writer.space()
            waiting.extend(runs.boxes)
    content = writer.take()
    return content._replace(text=content.text.replace("\n", " "))


def _paragraphs(element: Element) -> Iterator[Element]:
    for it in element:
        if local(it) == "p":
            yield it
        elif local(it) == "AlternateContent":
            yield from _paragraphs(chosen(it))
        elif local(it) == "tr" and not _is_shown(it):
            continue
        elif local(it) not in ("tcPr", "tblPr", "trPr", "sdtPr", "del", "moveFrom"):
            yield from _paragraphs(it)


def _is_shown(row: Element) -> bool:
    properties = child(row, "trPr")
    return child(properties, "del") is None and not is_on(child(properties, "hidden"))


def _is_merged(properties: Element | None, name: str) -> bool:
    merge = child(properties, name)
    return merge is not None and attribute(merge, "val", _MERGED) == _MERGED


def _flat(parent: Element, name: str) -> Iterator[Element]:
    """Children by name, including those inside content controls and tracked insertions."""
    for it in parent:
        if local(it) == name:
            yield it
        elif local(it) in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"):
            yield from _flat(it, name)


def _marks_first_row(table: Element, story: Story, first: list[_Draft]) -> bool:
    """Whether the table uses the look of its style for first rows. Word sets that mark in every new table, also where
    the style has no such look: then the row must read like names of columns, because it may be the first of many pairs.
    """
    properties = child(table, "tblPr")
    if not _uses_first_row(child(properties, "tblLook")):
        return False
    style = attribute(child(properties, "tblStyle"), "val")
    return story.styles.marks_first_row(style) or (
        len(first) >= _FEWEST_NAMES and all(_is_name(it.content.text) for it in first)
    )


def _is_name(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_NAME and not any(character.isdigit() for character in text)


def _uses_first_row(look: Element | None) -> bool:
    if attribute(look, "firstRow"):
        return attribute(look, "firstRow") in ("1", "true", "on")
    mask = attribute(look, "val", "0")
    return len(mask) == 4 and set(mask) <= set(hexdigits) and bool(int(mask, 16) & _FIRST_ROW_BIT)
