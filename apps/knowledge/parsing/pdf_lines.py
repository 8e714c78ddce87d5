"""Joins the pieces of a PDF page into lines, with raised and lowered digits as such."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from apps.knowledge.parsing.pdf_pieces import Piece
from apps.knowledge.parsing.raised import lowered, raised

SEGMENT_GAP = 1.0  # of the height: cells of a table are further apart
LINE_GAP = 2.5
_OVERLAP = 0.4
_RAISED = 0.2  # of the line's height, above its lower edge
_LOWERED = 0.04
_SMALLER = 0.85
_SPACE = 0.12
_DIGIT = re.compile(r"\d")
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


class Sheet(NamedTuple):
    """A page, counted from 1. Of a line's position (x, y), `origin + x * along_x + y * along_y` is the place on the
    picture of the page.
    """

    page: int
    along_x: tuple[float, float]
    along_y: tuple[float, float]
    origin: tuple[float, float]


@dataclass
class Line:
    """Pieces beside each other."""

    pieces: list[Piece]
    left: float
    right: float
    is_bold: bool
    main: Piece  # a piece of the line's own size
    _note_marks: frozenset[str] = frozenset()
    _text: str | None = None
    _weights: dict[int, int] = field(default_factory=dict)  # characters by height
    sheet: Sheet | None = None

    @classmethod
    def of(cls, piece: Piece) -> Line:
        weights = {round(piece.height): len(piece.text)}
        return cls([piece], piece.left, piece.right, piece.is_bold, piece, _weights=weights)

    def extend(self, part: Line) -> None:
        self.pieces += part.pieces
        self._text = None
        self.left, self.right = min(self.left, part.left), max(self.right, part.right)
        self.is_bold = self.is_bold and part.is_bold
        for height, weight in part._weights.items():
            self._weights[height] = self._weights.get(height, 0) + weight
        if round(part.main.height) == self._own_height():
            self.main = part.main

    def _own_height(self) -> int:
        """The largest height of a quarter of the characters: signs of some fonts are higher than the line."""
        if len(self._weights) == 1:
            return next(iter(self._weights))
        least, seen = sum(self._weights.values()) / 4, 0
        for height in sorted(self._weights, reverse=True):
            seen += self._weights[height]
            if seen >= least:
                return height
        return 0

    @property
    def order(self) -> int:
        """The place of the first piece in the file."""
        return self.pieces[0].order

    @property
    def bottom(self) -> float:
        return self.main.bottom

    @property
    def top(self) -> float:
        return self.main.top

    @property
    def size(self) -> float:
        """The height of the line's font."""
        return self.main.height

    @property
    def text(self) -> str:
        """Raised marks of notes are left out, except after a digit, where they may be exponents."""
        if self._text is None:
            self._text = self.pieces[0].text if len(self.pieces) == 1 else self._joined_text()
        return self._text

    def leave_out(self, marks: frozenset[str]) -> None:
        """The marks of notes are not text."""
        self._note_marks, self._text = marks, None

    def raised_marks(self) -> list[str]:
        """The numbers and signs of the raised pieces: "1,2" is two."""
        if len(self.pieces) == 1:
            return []
        return [mark for piece in self.pieces if self._is_raised(piece) for mark in _marks(piece)]

    def _joined_text(self) -> str:
        written, right, left = "", self.left, self.right
        room = _SPACE * self.main.height
        for index, piece in enumerate(self.pieces):
            if index and (piece.is_apart or piece.left - right > room or left - piece.right > room):
                written += " "
            if written[-1:].isdigit() or not self._is_note_mark(piece):
                written += self._written(piece)
            right, left = piece.right, piece.left
        return written

    def _is_note_mark(self, piece: Piece) -> bool:
        return (
            bool(self._note_marks) and self._is_raised(piece) and self._note_marks.issuperset(_marks(piece))
        )

    def _written(self, piece: Piece) -> str:
        if piece is self.main or not _DIGIT.search(piece.text):
            return piece.text
        if self._is_raised(piece):
            return raised(piece.text)
        return lowered(piece.text) if self._is_lowered(piece) else piece.text

    def _is_raised(self, piece: Piece) -> bool:
        return piece is not self.main and piece.bottom - self.main.bottom > _RAISED * self.main.height

    def _is_lowered(self, piece: Piece) -> bool:
        return (
            piece.height < _SMALLER * self.main.height
            and self.main.bottom - piece.bottom > _LOWERED * self.main.height
        )


@dataclass
class Note:
    """A note at the foot of a page. `width` is the length of the mark at the start of its first line."""

    mark: str
    width: int
    lines: list[Line]

    @property
    def text(self) -> str:
        """The lines joined by LF, without the mark."""
        return "\n".join(line.text.strip() for line in self.lines)[self.width :]


def _marks(piece: Piece) -> list[str]:
    return re.split(r"[\s,]+", piece.text.strip())


def segments(pieces: Iterable[Piece]) -> list[Line]:
    """Lines, cut at wide gaps."""
    return _joined(map(Line.of, pieces), SEGMENT_GAP)


def whole_lines(parts: Iterable[Line]) -> list[Line]:
    """Segments of one line that follow each other in the file are one line."""
    return _joined(parts, LINE_GAP)


def _joined(parts: Iterable[Line], gap: float) -> list[Line]:
    lines: list[Line] = []
    for part in parts:
        if lines and _continues(lines[-1], part, gap):
            lines[-1].extend(part)
        else:
            lines.append(part)
    return lines


def _continues(line: Line, part: Line, gap: float) -> bool:
    main, other = line.main, part.main
    height = max(main.height, other.height)
    overlap = min(main.top, other.top) - max(main.bottom, other.bottom)
    if overlap < _OVERLAP * height and overlap < _OVERLAP * min(main.height, other.height):
        return False
    if -0.5 * height <= part.left - line.right <= gap * height:
        return True
    to_left = _RIGHT_TO_LEFT.search(part.pieces[0].text) or _RIGHT_TO_LEFT.search(line.pieces[-1].text)
    return bool(to_left) and -0.5 * height <= line.left - part.right <= gap * height
