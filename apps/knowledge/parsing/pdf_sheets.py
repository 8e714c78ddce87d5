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
_SPACES = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_HYPHENS = "-\x02\u00ad\u2010"
_OTHER = _SPACES + _HYPHENS
_KEPT = re.compile(rf"[^{re.escape(_OTHER)}]+")

Span = tuple[int, int]


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
    spans = _spans(written, texts) or _counted_spans(written, texts)
    for span, line in zip(spans, lines[-len(texts) :], strict=False):
        if span and line.sheet is not None:
            yield PlacedLine(*span, line.sheet.page, *_box(line, line.sheet))


def _spans(written: str, texts: Sequence[str]) -> list[Span | None]:
    """Where each text stands in `written`; None if nothing of it does. Empty if one is not found as it is."""
    spans: list[Span | None] = []
    at, end = 0, len(written)
    for text in texts:
        kept = text.strip(_OTHER)
        if not kept:
            spans.append(None)
            continue
        while at < end and written[at] in _OTHER:
            at += 1
        if not written.startswith(kept, at):
            return []
        spans.append((at, at + len(kept)))
        at += len(kept)
    return spans


def _counted_spans(written: str, texts: Sequence[str]) -> Iterator[Span | None]:
    """The same by the number of characters that are the same in both."""
    kept = _Kept(written)
    first = 0
    for text in texts:
        last = min(first + _kept_characters(text), kept.count)
        yield (kept.place(first), kept.place(last - 1) + 1) if first < last else None
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
    from_left, to_right = _steps(right_x * left + up_x * bottom, right_x * right + up_x * top, first_x)
    from_top, to_bottom = _steps(right_y * left + up_y * bottom, right_y * right + up_y * top, first_y)
    return from_left, from_top, to_right, to_bottom


def _steps(one: float, other: float, first: float) -> tuple[int, int]:
    """Both places in order, inside the sheet."""
    low, high = round(one + first), round(other + first)
    if low > high:
        low, high = high, low
    if low < 0 or high > _STEPS:
        return min(max(low, 0), _STEPS), min(max(high, 0), _STEPS)
    return low, high


def _shown(page: pdfium.FPDF_PAGE, x: float, y: float) -> tuple[float, float]:
    across, down = ctypes.c_int(), ctypes.c_int()
    size = _STEPS * _FINE
    pdfium.FPDF_PageToDevice(page, 0, 0, size, size, 0, x, y, across, down)
    return across.value / _FINE, down.value / _FINE
