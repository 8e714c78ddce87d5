"""Joins the pieces of a PDF page into lines, with raised and lowered digits as such."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
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


@dataclass(slots=True, eq=False)
class Line:
    """Pieces beside each other. `main` is a piece of the line's own size, which gives `bottom`, `top` and `size`."""

    pieces: list[Piece]
    left: float
    right: float
    is_bold: bool
    main: Piece
    bottom: float
    top: float
    size: float  # the height of the font
    characters: int
    order: int  # the place of the first piece in the file
    _height: int  # of all pieces, if `_weights` are None
    _weights: dict[int, int] | None = None  # characters by height
    _note_marks: frozenset[str] = frozenset()
    _text: str | None = None
    sheet: Sheet | None = None

    @classmethod
    def of(cls, piece: Piece) -> Line:
        left, right, bottom, top, size = piece.left, piece.right, piece.bottom, piece.top, piece.size
        count = len(piece.text)
        return cls(
            [piece], left, right, piece.is_bold, piece, bottom, top, size, count, piece.order, round(size)
        )

    def extend(self, part: Line) -> None:
        self.pieces += part.pieces
        self._add(part.main, part.left, part.right, part.is_bold, part._weights, part.characters)

    def append(self, piece: Piece) -> None:
        self.pieces.append(piece)
        self._add(piece, piece.left, piece.right, piece.is_bold, None, len(piece.text))

    def _add(
        self,
        main: Piece,
        left: float,
        right: float,
        is_bold: bool,
        weights: dict[int, int] | None,
        characters: int,
    ) -> None:
        self._text = None
        if left < self.left:
            self.left = left
        if right > self.right:
            self.right = right
        self.is_bold = self.is_bold and is_bold
        height = round(main.size)
        if weights or self._weights or height != self._height:
            self._weigh(weights or {height: characters})
        self.characters += characters
        if height == self._height:
            self.main, self.bottom, self.top, self.size = main, main.bottom, main.top, main.size

    def _weigh(self, added: dict[int, int]) -> None:
        """Sets the line's own height: the largest of a quarter of the characters, because signs of some fonts are
        higher than the line.
        """
        weights = self._weights = self._weights or {self._height: self.characters}
        for height, weight in added.items():
            weights[height] = weights.get(height, 0) + weight
        least, seen = sum(weights.values()) / 4, 0
        for height in sorted(weights, reverse=True):
            seen += weights[height]
            if seen >= least:
                self._height = height
                return

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
        main, least = self.main, _RAISED * self.size
        raised = (piece for piece in self.pieces if piece.bottom - main.bottom > least and piece is not main)
        return [mark for piece in raised for mark in _marks(piece)]

    def _joined_text(self) -> str:
        written, right, left = "", self.left, self.right
        room = _SPACE * self.size
        for index, piece in enumerate(self.pieces):
            if index and (piece.is_apart or piece.left - right > room or left - piece.right > room):
                written += " "
            if not self._note_marks or written[-1:].isdigit() or not self._is_note_mark(piece):
                written += self._written(piece) if _DIGIT.search(piece.text) else piece.text
            right, left = piece.right, piece.left
        return written

    def _is_note_mark(self, piece: Piece) -> bool:
        return self._is_raised(piece) and self._note_marks.issuperset(_marks(piece))

    def _written(self, piece: Piece) -> str:
        """The digits as they stand on the page."""
        if piece is self.main:
            return piece.text
        if self._is_raised(piece):
            return raised(piece.text)
        return lowered(piece.text) if self._is_lowered(piece) else piece.text

    def _is_raised(self, piece: Piece) -> bool:
        return piece is not self.main and piece.bottom - self.bottom > _RAISED * self.size

    def _is_lowered(self, piece: Piece) -> bool:
        return piece.size < _SMALLER * self.size and self.bottom - piece.bottom > _LOWERED * self.size


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
    lines: list[Line] = []
    line: Line | None = None
    for piece in pieces:
        if line is not None and _continues(line, piece, piece.text, SEGMENT_GAP):
            line.append(piece)
        else:
            line = Line.of(piece)
            lines.append(line)
    return lines


def whole_lines(parts: Iterable[Line]) -> list[Line]:
    """Segments of one line that follow each other in the file are one line."""
    lines: list[Line] = []
    for part in parts:
        if lines and _continues(lines[-1], part, part.pieces[0].text, LINE_GAP):
            lines[-1].extend(part)
        else:
            lines.append(part)
    return lines


def _continues(line: Line, part: Line | Piece, text: str, gap: float) -> bool:
    """`text` is that of the part's first piece."""
    height, smaller = line.size, part.size
    if height < smaller:
        height, smaller = smaller, height
    top = line.top if line.top < part.top else part.top
    bottom = line.bottom if line.bottom > part.bottom else part.bottom
    if top - bottom < _OVERLAP * smaller:
        return False
    if -0.5 * height <= part.left - line.right <= gap * height:
        return True
    to_left = _RIGHT_TO_LEFT.search(text) or _RIGHT_TO_LEFT.search(line.pieces[-1].text)
    return bool(to_left) and -0.5 * height <= line.left - part.right <= gap * height


def pitch(lines: Sequence[Line]) -> float:
    """The line distance inside paragraphs: the lower quartile, because gaps between paragraphs are included."""
    gaps = sorted(
        gap
        for above, below in pairwise(lines)
        if 0.8 * above.size < (gap := above.bottom - below.bottom) < 3 * above.size
    )
    return gaps[len(gaps) // 4] if gaps else max((line.size for line in lines), default=0.0)
