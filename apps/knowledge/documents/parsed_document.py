"""What a parser returns. Standard library only: the parsing child process loads neither Django nor ONNX.

All offsets are half-open and count Unicode code points of `ParsedDocument.text`, which is NFC with LF line ends,
no NUL and no surrogates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

UNRELIABLE = "unreliable"  # the key of the metadata with the number of unreliable ranges, if there are any
CHARSET = "charset"  # the key of the metadata with the name of the encoding, if it had to be recognised
PICTURES_LEFT_OUT = "pictures_left_out"  # the key of the metadata with their number, if there are any


class Range(NamedTuple):
    """text[start:end]"""

    start: int
    end: int


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    CODE = "code"
    TABLE_ROW = "table_row"


class Cell(NamedTuple):
    """One cell of a table row; headers are the texts of its column's and its row's heading cells ("" if none)."""

    start: int
    end: int
    column_header: str = ""
    row_header: str = ""
    is_header: bool = False


class Link(NamedTuple):
    """A hyperlink over text[start:end]; `target` is as written in the source (relative path or address)."""

    start: int
    end: int
    target: str


class StyleKind(StrEnum):
    """The values are names of HTML elements."""

    CODE = "code"
    STRONG = "strong"
    EMPHASIS = "em"


class Style(NamedTuple):
    """How text[start:end] looks within its block. Two of one kind do not overlap."""

    start: int
    end: int
    kind: StyleKind


class PlacedLine(NamedTuple):
    """text[start:end] is a line of a page, which counts from 1. Its box is in thousandths of the page's width and
    height, from the upper left corner of the page as it is shown.
    """

    start: int
    end: int
    page: int
    left: int
    top: int
    right: int
    bottom: int


class PictureFault(StrEnum):
    """Why a picture is not shown; each has one sentence for a person in `pages/figures.py`."""

    FORMAT = "format"
    DAMAGED = "damaged"
    LARGE = "large"
    NO_ROOM = "no_room"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Figure:
    """A picture that stands after the block with the character text[start] (-1: before all blocks).

    `source` says where its bytes are: "part:NAME" in the package of a Word document, "image:NUMBER" in the address of
    that `img` element, "file:TARGET" in another file; "" if they are nowhere to be had. `width` and `height` are in
    pixels, 0 if they are not known, and `size` is in bytes. If `has_caption`, the next block is the caption.
    """

    source: str
    alt: str = ""
    start: int = -1
    width: int = 0
    height: int = 0
    size: int = 0
    fault: PictureFault | None = None
    has_caption: bool = False


@dataclass(frozen=True)
class Block:
    """A run of text that reads as one unit. `level` is the heading level (1-6) or the nesting depth of a list item.

    `label` is the number of characters of the label that the text begins with, with the space after it: 3 in "4. Wait".
    `section_end` is the offset where a heading's section ends early, 0 if it lasts until the next heading of its level.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    cells: tuple[Cell, ...] = ()
    label: int = 0
    section_end: int = 0


@dataclass(frozen=True)
class ParsedDocument:
    """`pages` are the start offsets of pages 1, 2, ... (empty where the format has none); `page_labels` are the labels
    that the document prints on them (empty where it prints none); `lines` are those of its pages, in order (empty where
    the format has none); `figures` are its pictures, in order. `unreliable` are the ranges of the text that may differ
    from what a reader sees in the file, in order.
    """

    text: str
    title: str
    blocks: tuple[Block, ...]
    media_type: str
    language: str = ""
    pages: tuple[int, ...] = ()
    page_labels: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    styles: tuple[Style, ...] = ()
    lines: tuple[PlacedLine, ...] = ()
    figures: tuple[Figure, ...] = ()
    unreliable: tuple[Range, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)


class FailureCode(StrEnum):
    """Why a file did not become ready; each has one sentence for a person in `failures.py`."""

    ENCRYPTED = "encrypted"
    EMPTY = "empty"
    SCANNED = "scanned"
    MALFORMED = "malformed"
    OVERSIZED = "oversized"
    TOO_MANY_PASSAGES = "too_many_passages"
    TOO_MANY_LINKS = "too_many_links"
    TOO_MANY_BLOCKS = "too_many_blocks"
    TOO_MANY_WORDS = "too_many_words"
    MISLABELLED = "mislabelled"
    UNLISTED_TYPE = "unlisted_type"
    TOO_SLOW = "too_slow"
    TOO_MUCH_MEMORY = "too_much_memory"
    LONG_NAME = "long_name"
    OVER_QUOTA = "over_quota"
    NO_ROOM = "no_room"
    UNREADABLE = "unreadable"
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


class ParseError(Exception):
    """A file that cannot be read, with the cause by name; `detail` is for the operator's log, never document text."""

    def __init__(self, code: FailureCode, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code
        self.detail = detail
