"""Turns the events of an HTML tree into blocks: headings, list items, quotes, code, table rows, paragraphs."""

from __future__ import annotations

from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from apps.knowledge.documents.parsed_document import BlockKind
from apps.knowledge.parsing.builder import DocumentBuilder
from apps.knowledge.parsing.inline import Fragment, InlineWriter
from apps.knowledge.parsing.tables import TableCell, write_table

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_BLOCKS = set(
    "address article aside body caption center dd details div dl dt fieldset figcaption figure footer form header "
    "hgroup hr html legend li main ol p pre section summary table tbody td tfoot th thead tr ul blockquote menu".split()
) | set(_HEADINGS)
_DEEPEST = 9  # list inside list, as in Word; whoever shows them goes down by recursion


@dataclass
class _List:
    is_ordered: bool
    number: int
    item_is_open: bool = False


@dataclass
class _Table:
    rows: list[list[TableCell]] = field(default_factory=list)
    cell: LexborNode | None = None


class BlockReader:
    """Gets `open`, `text` and `close` in document order; writes to the builder."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._inline = InlineWriter()
        self._lists: list[_List] = []
        self._heading = 0
        self._quotes = 0
        self._code = 0
        self._table: _Table | None = None

    def text(self, text: str) -> None:
        in_cell = self._table is not None
        if not in_cell or self._table_cell_is_open():
            self._inline.write(text, verbatim=self._code > 0 and not in_cell)

    def open(self, tag: str, node: LexborNode) -> None:
        if tag == "a":
            self._inline.open_link(node.attributes.get("href") or "")
        elif tag == "br":
            self._line_break()
        elif self._table is not None:
            self._open_in_table(tag, node)
        elif tag in _BLOCKS:
            self.flush()
            self._open_block(tag, node)

    def close(self, tag: str, node: LexborNode) -> None:
        if tag == "a":
            self._inline.close_link()
        elif self._table is not None:
            self._close_in_table(tag, node)
        elif tag in _BLOCKS:
            self.flush()
            self._close_block(tag)

    def flush(self) -> None:
        """Write the block that was collected, if it has text."""
        content = self._inline.take()
        if not content.text.strip():
            return
        depth = min(len(self._lists), _DEEPEST)
        if self._code:
            self._builder.block(BlockKind.CODE, Fragment(content.text.rstrip("\n"), content.links), depth)
        elif self._heading:
            self._builder.block(BlockKind.HEADING, content, self._heading)
        elif depth and self._lists[-1].item_is_open:
            self._lists[-1].item_is_open = False
            self._builder.block(BlockKind.LIST_ITEM, content, depth, self._ordinal())
        else:
            self._builder.block(BlockKind.QUOTE if self._quotes else BlockKind.PARAGRAPH, content, depth)

    def _open_block(self, tag: str, node: LexborNode) -> None:
        if tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        elif tag in ("ul", "ol", "menu"):
            self._lists.append(_List(tag == "ol", _number(node, "start", 1) - 1))
        elif tag == "li" and self._lists:
            current = self._lists[-1]
            current.number = _number(node, "value", current.number + 1)
            current.item_is_open = True
        elif tag == "table" and not _is_layout(node):
            self._table = _Table()
        self._quotes += tag == "blockquote"
        self._code += tag == "pre"

    def _close_block(self, tag: str) -> None:
        if tag in _HEADINGS:
            self._heading = 0
        elif tag in ("ul", "ol", "menu") and self._lists:
            self._lists.pop()
        elif tag == "li" and self._lists:
            self._lists[-1].item_is_open = False
        self._quotes -= tag == "blockquote"
        self._code -= tag == "pre"

    def _open_in_table(self, tag: str, node: LexborNode) -> None:
        if self._table is None:
            return
        if tag == "tr":
            self._table.rows.append([])
        elif tag in ("td", "th", "caption"):
            self._inline.take()
            self._table.cell = node
        elif tag in _BLOCKS:
            self._inline.space()

    def _close_in_table(self, tag: str, node: LexborNode) -> None:
        table = self._table
        if table is None:
            return
        if tag in ("td", "th") and table.rows:
            table.rows[-1].append(_cell(tag, node, self._inline))
            table.cell = None
        elif tag == "caption":
            self._builder.block(BlockKind.PARAGRAPH, self._inline.take())
            table.cell = None
        elif tag == "table":
            write_table(self._builder, table.rows)
            self._table = None
        elif tag in _BLOCKS:
            self._inline.space()

    def _line_break(self) -> None:
        if self._code:
            self._inline.write("\n", verbatim=True)
        elif self._table is not None:
            self._inline.space()
        else:
            self._inline.line_break()

    def _table_cell_is_open(self) -> bool:
        return self._table is not None and self._table.cell is not None

    def _ordinal(self) -> int:
        return self._lists[-1].number if self._lists[-1].is_ordered else 0


def _cell(tag: str, node: LexborNode, inline: InlineWriter) -> TableCell:
    columns, rows = _number(node, "colspan", 1), _number(node, "rowspan", 1)
    return TableCell(inline.take(), tag == "th", columns, rows)


def _is_layout(table: LexborNode) -> bool:
    """A table that holds headings or tables arranges a page; its cells are no rows of data."""
    return len(table.css("table")) > 1 or table.css_first("h1, h2, h3, h4, h5, h6") is not None


def _number(node: LexborNode, attribute: str, default: int) -> int:
    value = (node.attributes.get(attribute) or "").strip()
    return int(value) if value.isdecimal() and len(value) < 8 else default
