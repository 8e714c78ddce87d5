"""Where lines lie on the sheets of a PDF as they are shown: turned and cropped, in thousandths of width and height."""

from __future__ import annotations

import ctypes
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

import pypdfium2.raw as pdfium

from apps.knowledge.documents.parsed_document import PlacedLine
from apps.knowledge.parsing.normalise import normalise
from apps.knowledge.parsing.pdf_lines import Line, Sheet
from apps.knowledge.parsing.pdf_words import plain_letters

_STEPS = 1_000  # of the width and of the height
_FINE = 1_000  # units of a step, because PDFium returns whole numbers
_POINTS = 1_000  # between the places whose positions are asked for
# The stored text has other spaces and hyphens than the lines of the file. The rest is the same.
_HYPHENS = "-\x02\u00ad\u2010"
_KEPT = re.compile(rf"[^\s{re.escape(_HYPHENS)}]+")


def sheet_of(page: pdfium.FPDF_PAGE, number: int, turn: int) -> Sheet:
    """`turn` is the number of quarter turns of the text, whose lines have turned positions."""
    origin, right, up = _shown(page, 0, 0), _shown(page, _POINTS, 0), _shown(page, 0, _POINTS)
    along_x = (right[0] - origin[0]) / _POINTS, (right[1] - origin[1]) / _POINTS
    along_y = (up[0] - origin[0]) / _POINTS, (up[1] - origin[1]) / _POINTS
    for _ in range(turn):
        along_x, along_y = along_y, (-along_x[0], -along_x[1])
    return Sheet(number, along_x, along_y, origin)


def placed_lines(written: str, raw: str, lines: Sequence[Line]) -> Iterator[PlacedLine]:
    """Where each line stands in `written`, which was made from `raw`: the texts of the last lines, joined by LF."""
    texts = normalise(plain_letters(raw)).split("\n")
    kept = _Kept(written)
    first = 0
    for text, line in zip(texts, lines[-len(texts) :], strict=False):
        last = min(first + _kept_characters(text), kept.count)
        if line.sheet is not None and first < last:
            span = kept.place(first), kept.place(last - 1) + 1
            yield PlacedLine(*span, line.sheet.page, *_box(line, line.sheet))
        first = last


class _Kept:
    """The characters of a text that are the same in the lines of the file."""

    def __init__(self, text: str) -> None:
        spans = [match.span() for match in _KEPT.finditer(text)]
        self._starts = [start for start, _ in spans]
        *self._counts, self.count = accumulate((end - start for start, end in spans), initial=0)

    def place(self, number: int) -> int:
        """Where the character stands, counted from 0."""
        run = bisect_right(self._counts, number) - 1
        return self._starts[run] + number - self._counts[run]


def _kept_characters(text: str) -> int:
    hyphens = sum(map(text.count, _HYPHENS[:2] if text.isascii() else _HYPHENS))
    return sum(map(len, text.split())) - hyphens


def _box(line: Line, sheet: Sheet) -> tuple[int, int, int, int]:
    """(left, top, right, bottom)."""
    (right_x, right_y), (up_x, up_y), (first_x, first_y) = sheet.along_x, sheet.along_y, sheet.origin
    left, bottom, right, top = line.left, line.bottom, line.right, line.top
    across = _step(right_x * left + up_x * bottom + first_x), _step(right_x * right + up_x * top + first_x)
    down = _step(right_y * left + up_y * bottom + first_y), _step(right_y * right + up_y * top + first_y)
    return min(across), min(down), max(across), max(down)


def _step(place: float) -> int:
    step = round(place)
    return step if 0 <= step <= _STEPS else min(max(step, 0), _STEPS)


def _shown(page: pdfium.FPDF_PAGE, x: float, y: float) -> tuple[float, float]:
    across, down = ctypes.c_int(), ctypes.c_int()
    size = _STEPS * _FINE
    pdfium.FPDF_PageToDevice(page, 0, 0, size, size, 0, x, y, across, down)
    return across.value / _FINE, down.value / _FINE
