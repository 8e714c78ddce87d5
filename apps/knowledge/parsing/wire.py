"""What the reading process and its parent say to each other: JSON in frames of four length bytes, big-endian."""

from __future__ import annotations

import json
import struct
from dataclasses import astuple, dataclass
from typing import IO, Any

from apps.knowledge.parsing.document import (
    Block,
    BlockKind,
    Cell,
    FailureCode,
    Link,
    ParsedDocument,
    ParseError,
)

_LENGTH = struct.Struct(">I")


@dataclass(frozen=True)
class Request:
    """`path` is a file the child opens itself; where it is empty, the bytes follow as a frame of their own."""

    name: str
    path: str
    cpu_seconds: int
    max_text_chars: int


@dataclass(frozen=True)
class Progress:
    done: int
    total: int


Reply = Progress | ParsedDocument | ParseError


def write_frame(stream: IO[bytes], payload: bytes) -> None:
    stream.write(_LENGTH.pack(len(payload)))
    stream.write(payload)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next frame; None at the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    payload = stream.read(length)
    return payload if len(payload) == length else None


def encode_request(request: Request) -> bytes:
    return json.dumps(astuple(request)).encode()


def decode_request(payload: bytes) -> Request:
    return Request(*json.loads(payload))


def encode_reply(reply: Reply) -> bytes:
    if isinstance(reply, Progress):
        tree: dict[str, Any] = {"progress": [reply.done, reply.total]}
    elif isinstance(reply, ParseError):
        tree = {"failure": reply.code, "detail": reply.detail}
    else:
        tree = {"document": _document_tree(reply)}
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()


def decode_reply(payload: bytes) -> Reply:
    tree = json.loads(payload)
    if "progress" in tree:
        return Progress(*tree["progress"])
    if "failure" in tree:
        return ParseError(FailureCode(tree["failure"]), tree["detail"])
    return _document(tree["document"])


def _document_tree(document: ParsedDocument) -> dict[str, Any]:
    """Blocks and links as arrays: a book has tens of thousands."""
    return {
        "text": document.text,
        "title": document.title,
        "blocks": [
            [
                block.kind,
                block.start,
                block.end,
                block.level,
                [astuple(cell) for cell in block.cells],
                block.ordinal,
            ]
            for block in document.blocks
        ],
        "media_type": document.media_type,
        "language": document.language,
        "pages": document.pages,
        "links": [astuple(link) for link in document.links],
        "metadata": document.metadata,
    }


def _document(tree: dict[str, Any]) -> ParsedDocument:
    blocks = tuple(
        Block(BlockKind(kind), start, end, level, tuple(Cell(*cell) for cell in cells), ordinal)
        for kind, start, end, level, cells, ordinal in tree["blocks"]
    )
    links = tuple(Link(*link) for link in tree["links"])
    return ParsedDocument(**{**tree, "blocks": blocks, "links": links, "pages": tuple(tree["pages"])})
