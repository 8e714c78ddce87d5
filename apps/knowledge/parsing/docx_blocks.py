"""Reads the paragraphs and tables of one story of a Word document: its body, a note, a header."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from apps.knowledge.documents.parsed_document import BlockKind, Figure
from apps.knowledge.parsing.docx_contents import entry_title
from apps.knowledge.parsing.docx_drafts import Draft, TableDraft, TextDraft
from apps.knowledge.parsing.docx_package import attribute, child, local
from apps.knowledge.parsing.docx_runs import RunReader, Story, chosen
from apps.knowledge.parsing.docx_tables import read_table, row_cells, table_rows
from apps.knowledge.parsing.docx_text import TextWriter

_TRANSPARENT = {"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "body"}
_CONTENTS_GALLERY = "Table of Contents"


@dataclass
class BlockReader:
    """Collects `drafts`. `read_note` reads a note, whose blocks follow the block, list or table that refers to it.
    `leading` are the pictures before the first draft.
    """

    story: Story
    drafts: list[Draft]
    read_note: Callable[[str, Element], None]
    leading: list[Figure]
    _waiting: list[tuple[str, Element]] = field(default_factory=list)  # notes of the list that is being read
    _begun: RunReader | None = None  # a paragraph whose end is deleted
    _in_contents: bool = False  # in a part that Word marks as a table of contents
    _has_entries: bool = False

    def story_of(self, parent: Element | None) -> None:
        """Read everything in an element, to its end."""
        self.blocks(parent)
        self._end_list()

    def blocks(self, parent: Element | None) -> None:
        last: Element | None = None
        for element in parent if parent is not None else ():
            name = local(element)
            if name == "p":
                self._paragraph(element)
                last = element
            elif name == "tbl":
                self._finish(last)
                self._table(element)
            elif name == "AlternateContent":
                self.blocks(chosen(element))
            elif name == "sdt" and _is_contents(element):
                self._contents(element)
            elif name in _TRANSPARENT:
                self.blocks(element)
        self._finish(last)

    def _paragraph(self, paragraph: Element) -> None:
        runs = self._begun or RunReader(TextWriter(), self.story)
        runs.read(paragraph)
        if self.story.styles.joins_next(paragraph):
            self._begun = runs
        else:
            self._write(paragraph, runs)

    def _finish(self, paragraph: Element | None) -> None:
        """Write a paragraph that no other one follows, though its end is deleted."""
        if self._begun and paragraph is not None:
            self._write(paragraph, self._begun)

    def _write(self, paragraph: Element, runs: RunReader) -> None:
        """Text boxes that are anchored in a paragraph follow as separate blocks."""
        self._begun = None
        label = self.story.label(paragraph)
        if self._is_entry(paragraph, runs):
            self._drop_title()
            self._has_entries = True
        elif runs.writer.plain.strip():
            self._add(self._draft(paragraph, runs, label))
        else:
            self._add_pictures()
        for box in runs.boxes:
            self.blocks(box)

    def _draft(self, paragraph: Element, runs: RunReader, place: tuple[str, int] | None) -> TextDraft:
        styles = self.story.styles
        kind, level = styles.kind(paragraph)
        label, depth = place or ("", 0)
        if place and kind is not BlockKind.HEADING:
            kind, level = BlockKind.LIST_ITEM, depth
        heads_contents = styles.is_contents_title(paragraph) or (self._in_contents and not self._has_entries)
        entry = "" if kind is BlockKind.HEADING else entry_title(runs.writer.plain)
        return TextDraft(
            kind,
            runs.writer.take(),
            level,
            label,
            entry,
            is_contents_title=heads_contents,
            is_title=styles.is_title(paragraph),
            is_caption=styles.is_caption(paragraph),
            pictures=tuple(self.story.pictures.take()),
        )

    def _is_entry(self, paragraph: Element, runs: RunReader) -> bool:
        """Whether the paragraph is an entry in a table of contents by its style, its field or its form."""
        if self.story.styles.is_contents(paragraph):
            return True
        plain = runs.writer.plain
        if not plain.strip():
            return runs.in_contents
        return (runs.is_reference or self._in_contents) and bool(entry_title(plain))

    def _drop_title(self) -> None:
        last = self.drafts[-1] if self.drafts else None
        if isinstance(last, TextDraft) and last.is_contents_title:
            self.drafts.pop()

    def _contents(self, element: Element) -> None:
        self._in_contents, self._has_entries = True, False
        self.blocks(element)
        self._in_contents = False

    def _table(self, table: Element) -> None:
        """A table of one cell is treated as a frame around its blocks."""
        cells = [cell for row in table_rows(table) for cell in row_cells(row)]
        if len(cells) == 1:
            self.blocks(cells[0])
        else:
            rows = read_table(table, self.story)
            self._add(TableDraft(rows, tuple(self.story.pictures.take())))

    def _add_pictures(self) -> None:
        """Pictures of a paragraph without text stand after the last block."""
        pictures = self.story.pictures.take()
        if not pictures:
            return
        if self.drafts:
            last = self.drafts[-1]
            self.drafts[-1] = replace(last, pictures=(*last.pictures, *pictures))
        else:
            self.leading += pictures

    def _add(self, draft: Draft) -> None:
        """Append a block. Notes follow it, or the list that it belongs to."""
        notes = self.story.notes.take()
        if isinstance(draft, TextDraft) and draft.kind is BlockKind.LIST_ITEM:
            self.drafts.append(draft)
            self._waiting += notes
            return
        self._end_list()
        self.drafts.append(draft)
        self._waiting = notes
        self._end_list()

    def _end_list(self) -> None:
        waiting, self._waiting = self._waiting, []
        for kind, note in waiting:
            self.read_note(kind, note)


def _is_contents(control: Element) -> bool:
    gallery = child(control, "sdtPr", "docPartObj", "docPartGallery")
    return attribute(gallery, "val") == _CONTENTS_GALLERY
