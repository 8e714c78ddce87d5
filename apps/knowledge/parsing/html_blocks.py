"""Turns the events of an HTML tree into blocks: headings, list items, quotations, code, table rows, paragraphs."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from apps.knowledge.documents.parsed_document import BlockKind, Figure, StyleKind
from apps.knowledge.parsing.builder import DocumentBuilder
from apps.knowledge.parsing.html_furniture import is_furniture
from apps.knowledge.parsing.html_lists import OpenList, integer, open_list
from apps.knowledge.parsing.html_nodes import BLOCKS, HEADINGS, text_below
from apps.knowledge.parsing.html_pictures import DRAWINGS, drawing_of, figure_of
from apps.knowledge.parsing.html_plan import ReadingPlan
from apps.knowledge.parsing.inline import Fragment, InlineWriter
from apps.knowledge.parsing.normalise import normalise
from apps.knowledge.parsing.tables import TableCell, write_table

_LISTS = {"ul", "ol", "menu"}
_STYLES = (
    dict.fromkeys(("code", "kbd", "samp", "tt"), StyleKind.CODE)
    | dict.fromkeys(("b", "strong"), StyleKind.STRONG)
    | dict.fromkeys(("i", "em", "cite", "dfn", "var"), StyleKind.EMPHASIS)
)
_DEEPEST = (
    9  # list inside list, as in Word, and heading below heading; whoever shows them goes down by recursion
)
_RAISED_CHARS = 24  # longer raised text is small print and no exponent


@dataclass
class _Table:
    rows: list[list[TableCell]] = field(default_factory=list)
    cell: LexborNode | None = None


@dataclass(frozen=True)
class _Panel:
    """A folded part that is being read. `heading` is the number of its label's block, and `level` its level."""

    mem_id: int
    heading: int
    level: int
    outer_level: int


@dataclass
class _NoteQueue:
    """Notes that were referred to and are not written yet, and all that were ever referred to."""

    waiting: deque[int] = field(default_factory=deque)
    known: set[int] = field(default_factory=set)


class BlockReader:
    """Writes the blocks of a tree to the builder. Footnotes follow the block that refers to them first."""

    def __init__(
        self,
        builder: DocumentBuilder,
        plan: ReadingPlan,
        drops_furniture: bool = False,
        notes: _NoteQueue | None = None,
    ) -> None:
        self._builder = builder
        self._plan = plan
        self._drops_furniture = drops_furniture
        self._inline = InlineWriter()
        self._lists: list[OpenList] = []
        self._panels: list[_Panel] = []
        self._heading = 0
        self._level = 0  # of the heading that the text is below
        self._quotes = 0
        self._code = 0
        self._paragraphs = 0
        self._figures = 0
        self._pictures: list[Figure] = []  # in the block or table that is being read
        self._table: _Table | None = None
        self._notes = notes or _NoteQueue()
        self._is_note = notes is not None

    def read(self, root: LexborNode) -> None:
        """Without recursion, because files may be nested deeply."""
        stack: list[tuple[LexborNode, str | None]] = [(root, None)]  # with its tag, a node is open
        while stack:
            node, opened = stack.pop()
            if opened is not None:
                self._close(opened, node)
                continue
            tag = node.tag or ""
            if tag == "-text":
                self._text(node.text_content or "")
            elif node is root or self._enters(tag, node):
                self._open(tag, node)
                stack.append((node, tag))
                child = node.last_child
                while child is not None:
                    stack.append((child, None))
                    child = child.prev
        self.flush()
        self._write_notes()

    def _enters(self, tag: str, node: LexborNode) -> bool:
        mem_id = node.mem_id
        for note in self._plan.notes.of_mark.get(mem_id, ()):
            if note not in self._notes.known:
                self._notes.known.add(note)
                self._notes.waiting.append(note)
        if tag == "-comment" or mem_id in self._plan.skipped or mem_id in self._plan.notes.blocks:
            if self._figures and tag in DRAWINGS:
                self._picture(drawing_of(node))
            return False
        write = self._plan.scripts.get(mem_id)
        if write is None:
            return True
        text = text_below(node, self._plan.skipped, most=_RAISED_CHARS)
        if len(text) > _RAISED_CHARS:
            self._inline.space()  # small print, which does not join the words beside it
            return True
        self._text(write(text))
        return False

    def _text(self, text: str) -> None:
        in_cell = self._table is not None
        if not in_cell or self._table_cell_is_open():
            self._inline.write(text, verbatim=self._code > 0 and not in_cell)

    def _open(self, tag: str, node: LexborNode) -> None:
        if tag == "a":
            self._inline.open_link(node.attributes.get("href") or "")
        elif tag in _STYLES and not self._code:
            self._inline.open_style(_STYLES[tag])
        elif tag == "br":
            self._line_break()
        elif tag == "img":
            self._picture(figure_of(node, self._plan.images()[node.mem_id]))
        elif self._table is not None:
            self._open_in_table(tag, node)
        elif tag in BLOCKS:
            self.flush()
            self._open_panel(node)
            self._open_block(tag, node)

    def _close(self, tag: str, node: LexborNode) -> None:
        if node.mem_id in self._plan.numerators:
            self._text("/")
        elif node.mem_id in self._plan.scripts:
            self._inline.space()
        if tag == "a":
            self._inline.close_link()
        elif tag in _STYLES:
            self._inline.close_style(_STYLES[tag])
        elif self._table is not None:
            self._close_in_table(tag, node)
        elif tag in BLOCKS:
            self.flush()
            self._close_block(tag)
            self._close_panel(node)

    def _picture(self, figure: Figure | None) -> None:
        """A picture inside a text or a table follows it. One that cannot be shown and that nothing describes is
        dropped.
        """
        if figure is None or (figure.fault and not (figure.alt or self._figures)):
            return
        self._pictures.append(figure)
        if self._table is None and self._inline.is_empty:
            self._write_pictures()

    def _write_pictures(self) -> None:
        for figure in self._pictures:
            self._builder.figure(figure)
        self._pictures.clear()

    def flush(self) -> None:
        """Write the collected block, if it has text, and the pictures in it."""
        content = self._inline.take()
        if not content.text.strip() or (
            self._drops_furniture and is_furniture(content, is_paragraph=self._paragraphs > 0)
        ):
            self._write_pictures()
        else:
            self._write(content)
            self._write_pictures()
            self._write_notes()

    def _write(self, content: Fragment) -> None:
        depth = min(len(self._lists), _DEEPEST)
        if self._code:
            self._label_alone()
            self._builder.block(BlockKind.CODE, content._replace(text=content.text.rstrip("\n")), depth)
        elif self._heading:
            self._write_heading(content, self._heading, self._take_label())
        elif depth and self._lists[-1].item_is_open:
            self._lists[-1].item_is_open = False
            self._builder.block(BlockKind.LIST_ITEM, content, depth, self._take_label())
        else:
            self._builder.block(BlockKind.QUOTE if self._quotes else BlockKind.PARAGRAPH, content, depth)

    def _write_heading(self, content: Fragment, level: int, label: str = "") -> None:
        """A heading in a panel is below the label of the panel."""
        least = self._panels[-1].level + 1 if self._panels else 1
        self._level = min(max(level, least), _DEEPEST)
        self._builder.block(BlockKind.HEADING, content, self._level, label)

    def _write_notes(self) -> None:
        """The notes that were referred to, once the block, list or table that refers to them has ended."""
        while self._notes.waiting and not (self._is_note or self._lists or self._table):
            note = self._plan.notes.blocks[self._notes.waiting.popleft()]
            BlockReader(self._builder, self._plan, notes=self._notes).read(note)

    def _open_panel(self, node: LexborNode) -> None:
        label = self._plan.labels.get(node.mem_id)
        if label is None:
            return
        outer = self._level if label else self._level - 1
        if label:
            self._write_heading(Fragment(normalise(label)), max(outer + 1, 2))
        if self._builder.ends_with_heading:
            self._panels.append(_Panel(node.mem_id, self._builder.last_block, self._level, outer))

    def _close_panel(self, node: LexborNode) -> None:
        if self._panels and self._panels[-1].mem_id == node.mem_id:
            panel = self._panels.pop()
            self._builder.end_section(panel.heading)
            self._level = panel.outer_level

    def _open_block(self, tag: str, node: LexborNode) -> None:
        if tag in HEADINGS:
            self._heading = HEADINGS[tag]
        elif tag in _LISTS:
            self._label_alone()
            self._lists.append(open_list(node))
        elif tag == "li" and self._lists:
            self._lists[-1].open_item(node)
        elif tag == "table" and node.mem_id not in self._plan.layout:
            self._label_alone()
            self._table = _Table()
        self._quotes += tag == "blockquote"
        self._figures += tag == "figure"
        self._code += tag == "pre"
        self._paragraphs += tag in ("p", "li", "dd")

    def _close_block(self, tag: str) -> None:
        if tag in HEADINGS:
            self._heading = 0
        elif tag in _LISTS and self._lists:
            self._lists.pop()
            self._write_notes()
        elif tag == "li" and self._lists:
            self._lists[-1].close_item()
        elif tag == "figcaption":
            self._builder.caption()
        self._quotes -= tag == "blockquote"
        self._figures -= tag == "figure"
        self._code -= tag == "pre"
        self._paragraphs -= tag in ("p", "li", "dd")

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
        elif tag in BLOCKS:
            self._inline.space()
            self._inline.write(f"{self._plan.labels.get(node.mem_id, '')} ")

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
            self._write_pictures()
            self._write_notes()
        elif tag in _LISTS and self._lists:
            self._lists.pop()
            self._inline.space()
        elif tag in BLOCKS:
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
