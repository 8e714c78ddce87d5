"""Finds paragraphs and list items among the lines of PDF pages, by distance, font size, bullets and numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from apps.knowledge.documents.parsed_document import BlockKind
from apps.knowledge.parsing.pdf_lines import Line, Note, pitch
from apps.knowledge.parsing.pdf_pieces import HYPHEN
from apps.knowledge.parsing.pdf_tables import Table

_CLEAR_BULLET = re.compile(r"\s*[•◦▪▫‣●○■□⁃\uf0b7\uf0a7]\s*(?=\S)|\s*\ufffd{1,2}\s+(?=\S)")
_DASH = re.compile(r"\s*[–—*-]\s+(?=\S)")
_NUMBER = re.compile(
    r"\s*(?P<label>\(?(?:\d{1,3}|[a-zA-Z]|[ivxl]{1,5})[.)]|\d{1,3}(?:\.\d{1,3}){1,5}\.?(?=\s+[^\Wa-z\d_]))\s+(?=\S)"
)
_ITEM = re.compile("|".join(form.pattern for form in (_CLEAR_BULLET, _DASH, _NUMBER)))
_SENTENCE_END = re.compile(r"[.!?…:;。！？؟][\"'”’»)\]]*$")
_SAME_SIZE = 0.12
_FULL_LINE = 0.9  # of the width of the text
_MEASURED_LINES = 100


@dataclass
class PdfBlock:
    """Lines that are one unit. `turns` are the places of the lines that begin a new page."""

    lines: list[Line]
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    label: str = ""
    width: int = 0  # characters of bullet or label at the start of the first line
    turns: list[int] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def size(self) -> float:
        return self.lines[0].size

    @property
    def is_bold(self) -> bool:
        return all(line.is_bold for line in self.lines)

    def text(self, lines: int | None = None) -> str:
        """The first lines, or all, joined by LF, without bullet and label."""
        return "\n".join(line.text.strip() for line in self.lines[:lines])[self.width :]


Item = PdfBlock | Table


def page_blocks(items: Sequence[Line | Table], notes: Sequence[Note]) -> list[Item]:
    """Paragraphs, list items and tables of one page. Each note is placed after what refers to it first."""
    measure = _Measure([item for item in items if isinstance(item, Line)])
    blocks: list[Item] = []
    for item in items:
        last = blocks[-1] if blocks else None
        if isinstance(item, Table):
            blocks.append(item)
        elif isinstance(last, PdfBlock) and measure.continues(last, item):
            last.lines.append(item)
        else:
            blocks.append(_begun(item, last))
    return _with_notes(blocks, notes)


def join_pages(pages: Sequence[list[Item]]) -> None:
    """A paragraph that goes on at the top of the next page becomes one block."""
    for earlier, later in pairwise(pages):
        if not earlier or not later:
            continue
        last, first = earlier[-1], later[0]
        if isinstance(last, PdfBlock) and isinstance(first, PdfBlock) and _goes_on(last, first, earlier):
            last.turns.append(len(last.lines))
            last.lines += first.lines
            last.notes += first.notes
            later[0] = last  # so that it can go on to a third page; `pages` are written without repetitions


def _goes_on(last: PdfBlock, first: PdfBlock, page: Sequence[Item]) -> bool:
    if BlockKind.HEADING in (last.kind, first.kind) or first.width:
        return False
    if abs(last.lines[-1].size - first.size) > _SAME_SIZE * first.size or last.is_bold != first.is_bold:
        return False
    lines = [line for item in page if isinstance(item, PdfBlock) for line in item.lines[-_MEASURED_LINES:]]
    return _is_unended(last.lines[-1], first.lines[0], max(line.right for line in lines))


def _is_unended(last: Line, following: Line, right: float) -> bool:
    """Whether the text goes on in another column or on another page."""
    text = last.text.rstrip()
    if text.endswith(HYPHEN):
        return True
    if _SENTENCE_END.search(text):
        return False
    is_full = last.right - last.left >= _FULL_LINE * (right - last.left)
    return following.text.lstrip()[:1].islower() or (is_full and len(text) > 25)


def _begun(line: Line, last: Item | None) -> PdfBlock:
    text = line.text.strip()
    if not _ITEM.match(text):
        return PdfBlock([line])
    bullet = _CLEAR_BULLET.match(text) or _DASH.match(text)
    if bullet:
        return PdfBlock([line], BlockKind.LIST_ITEM, width=bullet.end())
    number = _NUMBER.match(text)
    if number and len(text) > number.end():
        return PdfBlock([line], BlockKind.LIST_ITEM, label=number["label"], width=number.end())
    return PdfBlock([line])


class _Measure:
    """The line distance and the right edge of a page, which tell whether a line continues a block."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._pitch = pitch(lines)
        self._right = max((line.right for line in lines), default=0.0)
        self._size = median([line.size for line in lines]) if lines else 0.0

    def continues(self, block: PdfBlock, line: Line) -> bool:
        last = block.lines[-1]
        if abs(line.size - last.size) > _SAME_SIZE * max(line.size, last.size):
            return False
        gap = last.bottom - line.bottom
        if gap < -0.3 * line.size:  # further up: the next column
            return self._goes_on_in_column(block, line)
        if gap > 1.3 * max(self._pitch, line.size) or self._begins_item(block, line):
            return False
        if line.is_bold != last.is_bold and self._is_heading_edge(block, line):
            return False
        ended = bool(_SENTENCE_END.search(last.text.rstrip()))
        indented = line.left > last.left + 0.8 * line.size
        return not (ended and indented and block.kind is BlockKind.PARAGRAPH)

    def _goes_on_in_column(self, block: PdfBlock, line: Line) -> bool:
        """Lines that look like a heading go on only in the middle of a word or before a word in small letters."""
        last = block.lines[-1]
        looks_like_heading = block.is_bold or last.size > (1 + _SAME_SIZE) * self._size
        if self._begins_item(block, line) or not _is_unended(last, line, _right_of(block)):
            return False
        goes_on = last.text.rstrip().endswith(HYPHEN) or line.text.lstrip()[:1].islower()
        return goes_on or not looks_like_heading

    def _is_heading_edge(self, block: PdfBlock, line: Line) -> bool:
        """Whether bold lines stand above others, or below a paragraph that has ended."""
        if block.is_bold:
            return not block.lines[-1].text.rstrip().endswith((",", ";"))
        return bool(_SENTENCE_END.search(block.lines[-1].text.rstrip()))

    def _begins_item(self, block: PdfBlock, line: Line) -> bool:
        """A number or dash that continues a sentence begins no item."""
        text = line.text.strip()
        if not _ITEM.match(text):
            return False
        if _CLEAR_BULLET.match(text):
            return True
        number = _NUMBER.match(text)
        last = block.lines[-1]
        if _SENTENCE_END.search(last.text.rstrip()) or last.right < 0.8 * self._right:
            return True
        is_next = number is not None and _follows(block.label, number["label"])
        return is_next or (block.kind is BlockKind.LIST_ITEM and number is None and not block.label)


def _follows(label: str, other: str) -> bool:
    """Whether "4." follows "3.", or "(c)" follows "(b)"."""
    one, two = label.strip("().").rpartition("."), other.strip("().").rpartition(".")
    if not label or one[0] != two[0] or label[-1] != other[-1]:
        return False
    if one[2].isdigit() and two[2].isdigit():
        return int(two[2]) == int(one[2]) + 1
    return len(one[2]) == len(two[2]) == 1 and ord(two[2]) == ord(one[2]) + 1


def _right_of(block: PdfBlock) -> float:
    return max(line.right for line in block.lines)


def _with_notes(blocks: list[Item], notes: Sequence[Note]) -> list[Item]:
    """Notes wait at the block that refers to them first."""
    if not notes:
        return blocks
    waiting = {note.mark: note for note in notes}
    for block in blocks:
        lines = block.lines if isinstance(block, PdfBlock) else block.lines()
        for mark in (mark for line in lines for mark in line.raised_marks()):
            if mark in waiting:
                block.notes.append(waiting.pop(mark))
    rest = [PdfBlock(note.lines) for note in waiting.values()]  # what refers to them is not text
    return [*blocks, *rest]
