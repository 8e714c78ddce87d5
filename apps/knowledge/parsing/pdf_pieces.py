"""Reads the text of a PDF page as pieces: characters of one size on one line without a wide gap, with their places."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import pypdfium2.raw as pdfium

from apps.knowledge.parsing.pdf_calls import Box, character_angle, character_boxes, font_info
from apps.knowledge.parsing.pdf_right_to_left import has_right_to_left, in_order, is_right_to_left

HYPHEN = "\x02"  # PDFium's character for a hyphen at the end of a line whose word continues on the next
_OLD_HYPHEN = "\ufffe"  # the same character in the text of a range
# Digits apart from others: in "150²," they may be raised. Others change their size only at the ends of words.
_WORD = re.compile(rf"\d+|{HYPHEN}|[^\s\d{HYPHEN}]+")
_BOLD = re.compile(rb"bold|black|heavy|demi(?!l)", re.IGNORECASE)
_WIDE_GAP = 1.0  # of the height: more than any space between the words of a justified line
_SAME_SIZE = 0.12
_SAME_LINE = 0.1
_NAME_BYTES = 128

_Part = tuple[str, int, int, Box]  # characters, their first and last index, their box


@dataclass(slots=True)
class Piece:
    """Positions are in points, from the lower left corner of the page as the text is turned. `top - bottom` is the
    font's height, `size` the same with one decimal place. `is_apart` says that white space stands before it in the
    file; `first` and `last` are PDFium's indices of its characters.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    order: int
    is_apart: bool
    first: int
    last: int
    is_bold: bool = False
    size: float = 0.0


def page_pieces(textpage: pdfium.FPDF_TEXTPAGE, text: str) -> list[tuple[int, list[Piece]]]:
    """The pieces of a page in the file's order, one list for each direction in which text runs, the longest first. The
    direction is given in quarter turns. `text` is that of `page_characters`.
    """
    by_turn = _pieces(textpage, text)
    for pieces in by_turn.values():
        _weigh(textpage, pieces)
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


def _weigh(textpage: pdfium.FPDF_TEXTPAGE, pieces: Iterable[Piece]) -> None:
    """A piece is bold if its first character is and its last."""
    name, flags = ctypes.create_string_buffer(_NAME_BYTES), ctypes.byref(ctypes.c_int())
    for piece in pieces:
        font_info(textpage, piece.first, name, _NAME_BYTES, flags)
        if _is_bold_name(name.value):
            font_info(textpage, piece.last, name, _NAME_BYTES, flags)
            piece.is_bold = _is_bold_name(name.value)
        piece.size = round(piece.top - piece.bottom, 1)


@lru_cache(maxsize=1_000)
def _is_bold_name(font: bytes) -> bool:
    return _BOLD.search(font) is not None


def _pieces(textpage: pdfium.FPDF_TEXTPAGE, text: str) -> dict[int, list[Piece]]:
    """By the quarter turns of their lines."""
    by_turn: dict[int, list[Piece]] = {}
    pieces: list[Piece] = []
    spans = [match.span() for match in _WORD.finditer(text)]
    boxes = character_boxes(textpage, [at for low, high in spans for at in (low, high - 1)])
    is_left_to_right = not has_right_to_left(text)
    piece: Piece | None = None
    order = turn = 0
    ended = -1  # where the last word ended
    for (low, high), first, last in zip(spans, boxes, boxes, strict=False):
        is_apart = low > ended
        if is_apart and text[ended:low] != " " and _has_line_end(text, ended, low):
            piece, is_apart = None, low > 0 and text[low - 1] not in "\r\n"
            turn = round(character_angle(textpage, low) / (math.pi / 2)) % 4
            pieces = by_turn.setdefault(turn, [])
        ended, word = high, text[low:high]
        if turn == 0 and is_left_to_right and _is_alike(first, last):
            parts: Iterable[_Part] = ((word, low, high - 1, _joined(first, last)),)
        else:
            parts = _parts(textpage, word, low, turn)
        for part, start, end, box in parts:
            if piece is not None and _belongs(piece, part, box, is_apart):
                _extend(piece, f" {part}" if is_apart else part, end, box)
            else:
                piece = Piece(part, *box, order, is_apart, start, end)
                pieces.append(piece)
                order += 1
            is_apart = False
    return by_turn


def _has_line_end(text: str, start: int, end: int) -> bool:
    """Whether a line of PDFium ends there, or none has begun."""
    between = text[start:end]
    return start < 0 or "\n" in between or "\r" in between


def _parts(textpage: pdfium.FPDF_TEXTPAGE, word: str, low: int, turn: int) -> Iterator[_Part]:
    """The word, or each of its characters if they differ in size."""
    indices = range(low, low + len(word))
    boxes = [_turned(box, turn) for box in character_boxes(textpage, indices)]
    if is_right_to_left(word):
        yield in_order(word, boxes), low, indices[-1], _around(boxes)
    elif _is_alike(boxes[0], boxes[-1]):
        yield word, low, indices[-1], _joined(boxes[0], boxes[-1])
    else:
        yield from zip(word, indices, indices, boxes, strict=True)


def _turned(box: Box, turn: int) -> Box:
    """The box as it is when its text runs to the right."""
    left, top, right, bottom = box
    if turn == 0:
        return box
    if turn == 1:
        return bottom, -left, top, -right
    if turn == 2:
        return -right, -bottom, -left, -top
    return -top, right, -bottom, left


def _extend(piece: Piece, text: str, end: int, box: Box) -> None:
    left, top, right, bottom = box
    piece.text += text
    piece.last = end
    if right > piece.right:
        piece.right = right
    if left < piece.left:
        piece.left = left
    if bottom < piece.bottom:
        piece.bottom = bottom
    if top > piece.top:
        piece.top = top


def _around(boxes: list[Box]) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), max(top), max(right), min(bottom)


def _joined(first: Box, last: Box) -> Box:
    """From the first character to the last, also where the text runs to the left."""
    left, top, right, bottom = first
    return left if left < last[0] else last[0], top, right if right > last[2] else last[2], bottom


def _is_alike(one: Box, other: Box) -> bool:
    """Whether both have the same size and stand on the same line."""
    _, top, _, bottom = one
    _, other_top, _, other_bottom = other
    if top == other_top and bottom == other_bottom:
        return True
    height, second = top - bottom, other_top - other_bottom
    if second > height:
        height, second = second, height
    return abs(bottom - other_bottom) <= _SAME_LINE * height and height - second <= _SAME_SIZE * height


def _belongs(piece: Piece, word: str, box: Box, is_apart: bool) -> bool:
    left, top, right, bottom = box
    room = _WIDE_GAP * (piece.top - piece.bottom)
    if left - piece.right > room or piece.left - right > room:
        return False
    if bottom == piece.bottom and top == piece.top:
        return True
    own = (piece.left, piece.top, piece.right, piece.bottom)
    return _is_alike(own, box) or (not is_apart and _is_letter_of(piece, word, box))


def _is_letter_of(piece: Piece, word: str, box: Box) -> bool:
    """Whether the word goes on with these letters. PDFium gives narrower boxes to the letters of a ligature."""
    if not (word.isalpha() and piece.text[-1].isalpha()):
        return False
    _, top, _, bottom = box
    room = _SAME_LINE * max(piece.top - piece.bottom, top - bottom)
    inside = bottom >= piece.bottom - room and top <= piece.top + room
    around = piece.text.isalpha() and bottom <= piece.bottom + room and top >= piece.top - room
    return inside or around
