"""Reads the text of a PDF page as pieces: characters of one size on one line without a wide gap, with their places."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pypdfium2.raw as pdfium

from apps.knowledge.parsing.pdf_right_to_left import Box, in_order, is_right_to_left

HYPHEN = "\x02"  # PDFium's character for a hyphen at the end of a line whose word continues on the next
_OLD_HYPHEN = "\ufffe"  # the same character in the text of a range
# Digits apart from others: in "150²," they may be raised. Others change their size only at the ends of words.
_WORD = re.compile(rf"\d+|{HYPHEN}|[^\s\d{HYPHEN}]+")
_BOLD = re.compile(rb"bold|black|heavy|demi(?!l)", re.IGNORECASE)
_WIDE_GAP = 1.0  # of the height: more than any space between the words of a justified line
_SAME_SIZE = 0.12
_SAME_LINE = 0.1
_NAME_BYTES = 128
_loose_box = pdfium.FPDFText_GetLooseCharBox  # without a search for the name at each character


@dataclass(slots=True)
class Piece:
    """Positions are in points, from the lower left corner of the page as the text is turned. `top - bottom` is the
    font's height. `is_apart` says that white space stands before it in the file.
    """

    text: str
    left: float
    bottom: float
    right: float
    top: float
    order: int
    is_apart: bool = False
    is_bold: bool = False
    height: float = 0.0


def page_pieces(textpage: pdfium.FPDF_TEXTPAGE, text: str) -> list[tuple[int, list[Piece]]]:
    """The pieces of a page in the file's order, one list for each direction in which text runs, the longest first. The
    direction is given in quarter turns. `text` is that of `page_characters`.
    """
    by_turn: dict[int, list[Piece]] = {}
    places: dict[int, _Page] = {}
    order = 0
    for turn, start, line in _runs(textpage, text):
        pieces = by_turn.setdefault(turn, [])
        for piece in _pieces(places.setdefault(turn, _Page(textpage, turn)), line, start):
            piece.order = order
            order += 1
            pieces.append(piece)
    return sorted(by_turn.items(), key=lambda turned: -sum(len(piece.text) for piece in turned[1]))


def page_characters(textpage: pdfium.FPDF_TEXTPAGE, count: int) -> str:
    """One character for each index of PDFium, with HYPHEN at the ends of broken words. Its text of a range is faster,
    but may lack some characters.
    """
    buffer = (ctypes.c_ushort * (count + 1))()
    length = pdfium.FPDFText_GetText(textpage, 0, count, buffer) - 1
    text = bytes(buffer)[: 2 * count].decode("utf-16-le", "replace")
    if length != count or len(text) != count:
        text = "".join(chr(pdfium.FPDFText_GetUnicode(textpage, index)) for index in range(count))
    return text.replace(_OLD_HYPHEN, HYPHEN)


def _runs(textpage: pdfium.FPDF_TEXTPAGE, text: str) -> Iterator[tuple[int, int, str]]:
    """(quarter turns, index, text) of each line of PDFium."""
    for line in re.finditer(r"[^\r\n]+", text):
        if line[0].isspace():
            continue
        first = line.start() + len(line[0]) - len(line[0].lstrip())
        angle = pdfium.FPDFText_GetCharAngle(textpage, first)
        yield round(angle / (math.pi / 2)) % 4, line.start(), line[0]


class _Page:
    """The boxes of characters, turned so that the text runs to the right."""

    def __init__(self, textpage: pdfium.FPDF_TEXTPAGE, turn: int) -> None:
        self._textpage, self._turn = textpage, turn
        self._rect = pdfium.FS_RECTF()
        self._edges = (ctypes.c_float * 4).from_buffer(self._rect)
        self._pointer = ctypes.byref(self._rect)
        self._name = ctypes.create_string_buffer(_NAME_BYTES)
        self._flags = ctypes.pointer(ctypes.c_int())

    def box(self, index: int) -> Box:
        """Zeros if PDFium does not know it."""
        _loose_box(self._textpage, index, self._pointer)
        left, top, right, bottom = self._edges
        if not self._turn:
            return left, bottom, right, top
        return _turned((left, bottom, right, top), self._turn)

    def is_bold(self, index: int) -> bool:
        pdfium.FPDFText_GetFontInfo(self._textpage, index, self._name, _NAME_BYTES, self._flags)
        return _is_bold_name(self._name.value)


@lru_cache(maxsize=1_000)
def _is_bold_name(font: bytes) -> bool:
    return _BOLD.search(font) is not None


def _turned(box: Box, turn: int) -> Box:
    left, bottom, right, top = box
    if turn == 1:
        return bottom, -right, top, -left
    if turn == 2:
        return -right, -top, -left, -bottom
    return -top, left, -bottom, right


def _pieces(page: _Page, text: str, start: int) -> Iterator[Piece]:
    """The pieces of one line of PDFium."""
    piece: Piece | None = None
    began = end = 0  # where the piece began, and where its last word ended
    for at, word, box in _words(page, text, start):
        is_apart = at > end
        if piece is not None and _belongs(piece, word, box, is_apart):
            _extend(piece, f" {word}" if is_apart else word, box)
        else:
            if piece is not None:
                yield _weighed(page, piece, start + began, start + end - 1)
            piece, began = Piece(word, *box, 0, is_apart), at
        end = at + len(word)
    if piece is not None:
        yield _weighed(page, piece, start + began, start + end - 1)


def _weighed(page: _Page, piece: Piece, first: int, last: int) -> Piece:
    """Bold if its first character is and its last."""
    piece.is_bold = page.is_bold(first) and page.is_bold(last)
    piece.height = round(piece.top - piece.bottom, 1)
    return piece


def _extend(piece: Piece, text: str, box: Box) -> None:
    left, bottom, right, top = box
    piece.text += text
    if right > piece.right:
        piece.right = right
    if left < piece.left:
        piece.left = left
    if bottom < piece.bottom:
        piece.bottom = bottom
    if top > piece.top:
        piece.top = top


def _words(page: _Page, text: str, start: int) -> Iterator[tuple[int, str, Box]]:
    """(place, characters, box) of each run of digits or of others that is of one size."""
    is_ascii = text.isascii()
    for match in _WORD.finditer(text):
        low, high = match.span()
        if not is_ascii and is_right_to_left(match[0]):
            boxes = [page.box(start + at) for at in range(low, high)]
            yield low, in_order(match[0], boxes), _around(boxes)
            continue
        first = page.box(start + low)
        if high - low == 1:
            yield low, match[0], first
            continue
        last = page.box(start + high - 1)
        if (first[1] == last[1] and first[3] == last[3]) or _is_alike(first, last):
            yield low, match[0], _joined(first, last)
            continue
        for at in range(low, high):
            yield at, text[at], page.box(start + at)


def _around(boxes: list[Box]) -> Box:
    left, bottom, right, top = zip(*boxes, strict=True)
    return min(left), min(bottom), max(right), max(top)


def _joined(first: Box, last: Box) -> Box:
    """From the first character to the last, also where the text runs to the left."""
    return min(first[0], last[0]), first[1], max(first[2], last[2]), first[3]


def _is_alike(one: Box, other: Box) -> bool:
    """Whether both have the same size and stand on the same line."""
    height, second = one[3] - one[1], other[3] - other[1]
    if second > height:
        height, second = second, height
    shift = one[1] - other[1]
    return -_SAME_LINE * height <= shift <= _SAME_LINE * height and height - second <= _SAME_SIZE * height


def _belongs(piece: Piece, word: str, box: Box, is_apart: bool) -> bool:
    left, bottom, right, top = box
    if bottom != piece.bottom or top != piece.top:
        own = (piece.left, piece.bottom, piece.right, piece.top)
        if not _is_alike(own, box) and (is_apart or not _is_letter_of(piece, word, box)):
            return False
    room = _WIDE_GAP * (piece.top - piece.bottom)
    return left - piece.right <= room and piece.left - right <= room


def _is_letter_of(piece: Piece, word: str, box: Box) -> bool:
    """Whether the word goes on with these letters. PDFium gives narrower boxes to the letters of a ligature."""
    if not (word.isalpha() and piece.text[-1].isalpha()):
        return False
    room = _SAME_LINE * max(piece.top - piece.bottom, box[3] - box[1])
    inside = box[1] >= piece.bottom - room and box[3] <= piece.top + room
    around = piece.text.isalpha() and box[1] <= piece.bottom + room and box[3] >= piece.top - room
    return inside or around
