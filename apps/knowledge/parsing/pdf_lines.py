"""Reads the lines of a PDF page with their position and font size, in PDFium's order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2.raw as pdfium

HYPHEN = "\x02"  # PDFium's character for a hyphen at the end of a line whose word continues on the next
_OLD_HYPHEN = 0xFFFE  # the same character in older builds
_LINE_ENDS = (10, 13)


@dataclass(frozen=True)
class Line:
    """Positions are in points from the lower left corner of the page. `size` is the font height of the first character.

    PDFium joins lines if a word is broken at their end: `last_bottom` and `last_left` are the position of the last of
    them.
    """

    text: str
    left: float
    bottom: float
    size: float
    last_left: float
    last_bottom: float


def page_lines(textpage: pdfium.FPDF_TEXTPAGE, count: int) -> Iterator[Line]:
    """Lines with text. `count` is the number of characters on the page."""
    letters: list[str] = []
    starts: list[int] = []  # of the first character, and of the first after each broken word
    expects_start = True
    for index in range(count + 1):
        code = pdfium.FPDFText_GetUnicode(textpage, index) if index < count else _LINE_ENDS[0]
        if code in _LINE_ENDS:
            if starts:
                yield _line(textpage, starts, "".join(letters))
            letters, starts, expects_start = [], [], True
            continue
        letters.append(HYPHEN if code == _OLD_HYPHEN else chr(code))
        if expects_start and not letters[-1].isspace():
            starts.append(index)
        expects_start = letters[-1] == HYPHEN or (expects_start and letters[-1].isspace())


def _line(textpage: pdfium.FPDF_TEXTPAGE, starts: list[int], text: str) -> Line:
    left, bottom, top = _box(textpage, starts[0])
    last_left, last_bottom, _ = _box(textpage, starts[-1])
    return Line(text, left, bottom, round(top - bottom, 1), last_left, last_bottom)


def _box(textpage: pdfium.FPDF_TEXTPAGE, index: int) -> tuple[float, float, float]:
    """(left, bottom, top) of the font box of a character; zeros if PDFium does not know it."""
    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(textpage, index, box)
    return box.left, box.bottom, box.top
