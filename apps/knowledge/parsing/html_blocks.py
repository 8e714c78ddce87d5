"""Turns the events of an HTML tree into blocks: headings, list items, quotations, code, table rows, paragraphs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from selectolax.lexbor import LexborNode

from apps.knowledge.documents.parsed_document import BlockKind, StyleKind
from apps.knowledge.parsing.builder import DocumentBuilder
from apps.knowledge.parsing.html_lists import OpenList, integer, open_list
from apps.knowledge.parsing.inline import Fragment, InlineWriter
from apps.knowledge.parsing.tables import TableCell, write_table

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_BLOCKS = set(
    "address article aside body caption center dd details div dl dt fieldset figcaption figure footer form header "
    "hgroup hr html legend li main ol p pre section summary table tbody td tfoot th thead tr ul blockquote menu".split()
) | set(_HEADINGS)
_LISTS = {"ul", "ol", "menu"}
_STYLES = (
    dict.fromkeys(("code", "kbd", "samp", "tt"), StyleKind.CODE)
    | dict.fromkeys(("b", "strong"), StyleKind.STRONG)
    | dict.fromkeys(("i", "em", "cite", "dfn", "var"), StyleKind.EMPHASIS)
)
_DEEPEST = 9  # list inside list, as in Word; whoever shows them goes down by recursion


@dataclass
class _Table:
    rows: list[list[TableCell]] = field(default_factory=list)
    cell: LexborNode | None = None


class BlockReader:
    """Its methods `open`, `text` and `close` are called in document order. Writes blocks to the builder."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._inline = InlineWriter()
        self._lists: list[OpenList] = []
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
        elif tag in _STYLES and not self._code:
            self._inline.open_style(_STYLES[tag])
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
        elif tag in _STYLES:
            self._inline.close_style(_STYLES[tag])
        elif self._table is not None:
            self._close_in_table(tag, node)
        elif tag in _BLOCKS:
            self.flush()
            self._close_block(tag)

    def flush(self) -> None:
        """Write the collected block, if it has text."""
        content = self._inline.take()
        if not content.text.strip():
            return
        depth = min(len(self._lists), _DEEPEST)
        if self._code:
            self._label_alone()
            self._builder.block(BlockKind.CODE, replace(content, text=content.text.rstrip("\n")), depth)
        elif self._heading:
            self._builder.block(BlockKind.HEADING, content, self._heading, self._take_label())
        elif depth and self._lists[-1].item_is_open:
            self._lists[-1].item_is_open = False
            self._builder.block(BlockKind.LIST_ITEM, content, depth, self._take_label())
        else:
            self._builder.block(BlockKind.QUOTE if self._quotes else BlockKind.PARAGRAPH, content, depth)

    def _open_block(self, tag: str, node: LexborNode) -> None:
        if tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        elif tag in _LISTS:
            self._label_alone()
            self._lists.append(open_list(node))
        elif tag == "li" and self._lists:
            self._lists[-1].open_item(node)
        elif tag == "table" and not _is_layout(node):
            self._label_alone()
            self._table = _Table()
        self._quotes += tag == "blockquote"
        self._code += tag == "pre"

    def _close_block(self, tag: str) -> None:
        if tag in _HEADINGS:
            self._heading = 0
        elif tag in _LISTS and self._lists:
            self._lists.pop()
        elif tag == "li" and self._lists:
            self._lists[-1].close_item()
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
        elif tag in _LISTS:
            self._lists.append(open_list(node))
        elif tag == "li" and self._lists:
            self._lists[-1].open_item(node)
            self._inline.space()
            self._inline.write(f"{self._take_label()} ")
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
        elif tag in _LISTS and self._lists:
            self._lists.pop()
            self._inline.space()
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

    def _take_label(self) -> str:
        """The label of the open item, for the first text that is written in it."""
        if not self._lists:
            return ""
        label, self._lists[-1].label = self._lists[-1].label, ""
        if label:
            self._lists[-1].item_is_open = False
        return label

    def _label_alone(self) -> None:
        """Write the label of an item that begins with code, a table or another list as an item of its own."""
        label = self._take_label()
        if label:
            self._builder.block(BlockKind.LIST_ITEM, Fragment(label), min(len(self._lists), _DEEPEST))


def _cell(tag: str, node: LexborNode, inline: InlineWriter) -> TableCell:
    columns, rows = integer(node, "colspan", 1), integer(node, "rowspan", 1)
    return TableCell(inline.take(), tag == "th", columns, rows)


def _is_layout(table: LexborNode) -> bool:
    """Whether the table is used for layout: it contains headings or other tables."""
    return len(table.css("table")) > 1 or table.css_first("h1, h2, h3, h4, h5, h6") is not None
