"""The protocol between the reading process and its parent: JSON in frames that begin with four length bytes,
big-endian.

The reading process is not trusted, because it reads untrusted files: the parent limits the size of every frame. A
document is sent as its head, then its text, parts, links and passages in frames of moderate size, then `Done`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, field
from typing import IO, Any

from apps.knowledge.chunking.rows import (
    DocumentHead,
    DocumentRows,
    LinkRow,
    PassageRow,
    RowLimits,
    SentenceRow,
)
from apps.knowledge.documents.layout import figure_row
from apps.knowledge.documents.parsed_document import (
    Block,
    BlockKind,
    Cell,
    FailureCode,
    Figure,
    Link,
    ParseError,
    PictureFault,
    PlacedLine,
    Range,
    Style,
    StyleKind,
)
from apps.knowledge.documents.parts import OutlineEntry, Part

_LENGTH = struct.Struct(">I")
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")  # how every PNG and JPEG begins, and no JSON
MAX_FRAME_BYTES = 4 * 1024 * 1024  # far more than one part with its longest links, or one passage
FRAME_BYTES = 64 * 1024  # rows are collected until a frame has about this size
TEXT_CHARS = 100_000  # of the text in one frame
_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class FrameTooLarge(Exception):
    """A frame announces more bytes than allowed."""


@dataclass(frozen=True)
class Request:
    """The bytes of the file follow in separate frames, the last of which is empty. `path` is the path in the
    collection.
    """

    path: str
    cpu_seconds: int
    limits: RowLimits


@dataclass(frozen=True)
class PictureRequest:
    """Asks for a picture of a page of a PDF, whose bytes follow in the same way. Pages count from 1."""

    page: int
    cpu_seconds: int


@dataclass(frozen=True)
class FigureRequest:
    """Asks for a picture in a document, or for the file itself if `source` is "" (parsed_document.Figure). Its bytes
    follow in the same way. `path` says which format the file has.
    """

    path: str
    cpu_seconds: int
    source: str
    most_bytes: int
    most_pixels: int


AnyRequest = Request | PictureRequest | FigureRequest


@dataclass(frozen=True)
class Progress:
    done: int
    total: int


@dataclass(frozen=True)
class TextChunk:
    text: str


@dataclass(frozen=True)
class PartRows:
    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class LinkRows:
    links: list[LinkRow] = field(default_factory=list)


@dataclass(frozen=True)
class PassageRows:
    passages: list[PassageRow] = field(default_factory=list)


@dataclass(frozen=True)
class Picture:
    """A page as a PNG, or a figure as a PNG or JPEG. Its frame holds nothing else."""

    data: bytes


@dataclass(frozen=True)
class Done:
    """The document is complete."""


DocumentFrame = DocumentHead | TextChunk | PartRows | LinkRows | PassageRows
Reply = Progress | ParseError | DocumentFrame | Picture | Done


def write_frame(stream: IO[bytes], payload: bytes) -> None:
    stream.write(_LENGTH.pack(len(payload)))
    stream.write(payload)
    stream.flush()


def read_frame(stream: IO[bytes], most: int = MAX_FRAME_BYTES) -> bytes | None:
    """The next frame; None at the end of the stream. Raises FrameTooLarge before it reads the content."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > most:
        raise FrameTooLarge(f"{length} bytes")
    payload = stream.read(length)
    return payload if len(payload) == length else None


def encode_request(request: AnyRequest) -> bytes:
    if isinstance(request, FigureRequest):
        return _dump([*astuple(request)])
    if isinstance(request, PictureRequest):
        return _dump([request.page, request.cpu_seconds])
    return _dump([request.path, request.cpu_seconds, astuple(request.limits)])


def decode_request(payload: bytes) -> AnyRequest:
    subject, cpu_seconds, *limits = json.loads(payload)
    if limits and isinstance(limits[0], str):
        return FigureRequest(subject, cpu_seconds, *limits)
    if not limits:
        return PictureRequest(subject, cpu_seconds)
    return Request(subject, cpu_seconds, RowLimits(*limits[0]))


def encode_progress(progress: Progress) -> bytes:
    return _dump({"progress": [progress.done, progress.total]})


def encode_failure(error: ParseError) -> bytes:
    return _dump({"failure": error.code, "detail": error.detail[:500]})


def encode_document(rows: DocumentRows) -> Iterator[bytes]:
    """All frames of one document."""
    yield _dump({"head": [*_head_values(rows.head)]})
    for start in range(0, len(rows.text), TEXT_CHARS):
        yield _dump({"text": rows.text[start : start + TEXT_CHARS]})
    yield from _collected("parts", map(_part_tree, rows.parts))
    yield from _collected("links", rows.links)
    yield from _collected("passages", map(_passage_tree, rows.passages))
    yield _dump({"done": True})


def decode_reply(payload: bytes) -> Reply:
    """Raises any Exception for what no reading process of ours would send."""
    if payload.startswith(_PICTURES):
        return Picture(payload)
    tree = json.loads(payload)
    ((kind, value),) = [(key, tree[key]) for key in tree if key != "detail"]
    match kind:
        case "progress":
            return Progress(*value)
        case "failure":
            return ParseError(FailureCode(value), tree["detail"])
        case "head":
            return _head(value)
        case "text":
            return TextChunk(value)
        case "parts":
            return PartRows([_part(row) for row in value])
        case "links":
            return LinkRows([LinkRow(*row) for row in value])
        case "passages":
            return PassageRows([_passage(row) for row in value])
        case "done":
            return Done()
    raise ValueError(kind)


def _dump(tree: Any) -> bytes:
    return _encoder.encode(tree).encode()


def _collected(kind: str, rows: Iterable[Any]) -> Iterator[bytes]:
    """Frames of FRAME_BYTES or slightly more; none if there are no rows."""
    waiting: list[bytes] = []
    size = 0
    for row in rows:
        waiting.append(_dump(row))
        size += len(waiting[-1])
        if size >= FRAME_BYTES:
            yield b'{"%b":[%b]}' % (kind.encode(), b",".join(waiting))
            waiting, size = [], 0
    if waiting:
        yield b'{"%b":[%b]}' % (kind.encode(), b",".join(waiting))


def _head_values(head: DocumentHead) -> Iterator[Any]:
    yield from (head.title, head.media_type, head.language, head.metadata, head.pages, head.page_labels)
    yield [list(each) for each in head.unreliable]
    yield [list(entry) for entry in head.outline]
    yield from (head.passages, head.sentences, head.length, head.terms)


def _head(value: list[Any]) -> DocumentHead:
    title, media_type, language, metadata, pages, labels, unreliable, outline, *sizes = value
    entries = tuple(OutlineEntry(*entry) for entry in outline)
    ranges = tuple(Range(*each) for each in unreliable)
    return DocumentHead(
        title, media_type, language, metadata, tuple(pages), tuple(labels), ranges, entries, *sizes
    )


def _part_tree(part: Part) -> list[Any]:
    return [
        part.start,
        part.end,
        part.first_block,
        [_block_tree(block) for block in part.blocks],
        part.links,
        part.styles,
        part.lines,
        list(map(figure_row, part.figures)),
    ]


def _block_tree(block: Block) -> list[Any]:
    """A block as an array, to save space: a part has hundreds."""
    return [block.kind, block.start, block.end, block.level, block.cells, block.label, block.section_end]


def _part(row: list[Any]) -> Part:
    start, end, first_block, blocks, links, styles, lines, figures = row
    return Part(
        start,
        end,
        first_block,
        tuple(map(_block, blocks)),
        tuple(Link(*link) for link in links),
        tuple(Style(low, high, StyleKind(kind)) for low, high, kind in styles),
        tuple(PlacedLine(*map(int, line)) for line in lines),
        tuple(map(_figure, figures)),
    )


def _figure(row: list[Any]) -> Figure:
    source, alt, start, width, height, size, fault, has_caption = row
    shown = PictureFault(fault) if fault else None
    return Figure(
        str(source), str(alt), int(start), int(width), int(height), int(size), shown, bool(has_caption)
    )


def _block(row: list[Any]) -> Block:
    kind, start, end, level, cells, label, section_end = row
    shown = tuple(Cell(*cell) for cell in cells)
    return Block(BlockKind(kind), start, end, level, shown, label, section_end)


def _passage_tree(passage: PassageRow) -> list[Any]:
    return [
        passage.start,
        passage.end,
        passage.page,
        passage.heading_path,
        passage.context,
        passage.text_hash,
        passage.terms,
        passage.sentences,
    ]


def _passage(row: list[Any]) -> PassageRow:
    start, end, page, heading_path, context, key, terms, sentences = row
    rows = tuple(_sentence(*sentence) for sentence in sentences)
    return PassageRow(start, end, page, tuple(heading_path), context, key, terms, rows)


def _sentence(*row: Any) -> SentenceRow:
    start, end, context, key, word_offsets, is_code, unit_start, unit_end, more, inline_code = row
    offsets, code = tuple(word_offsets), tuple(inline_code)
    return SentenceRow(start, end, context, key, offsets, is_code, unit_start, unit_end, more, code)
