"""The reading process: `python -m apps.knowledge.parsing.child MEMORY_MB`. Reads files until its input ends.

Loads neither Django nor ONNX. It may be killed at any moment and holds nothing that matters.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO

from apps.knowledge.parsing.document import FailureCode, ParsedDocument, ParseError
from apps.knowledge.parsing.limits import limit_cpu, limit_memory
from apps.knowledge.parsing.parse import parse
from apps.knowledge.parsing.wire import (
    Progress,
    Request,
    decode_request,
    encode_reply,
    read_frame,
    write_frame,
)

_BYTES_PER_CHAR = (
    6  # of a reply, by the limit of its text: blocks and links can be many times as large as the words
)


def main() -> None:
    requests, replies = sys.stdin.buffer, _own_output()
    limit_memory(int(sys.argv[1]))
    while (frame := read_frame(requests)) is not None:
        request = decode_request(frame)
        limit_cpu(request.cpu_seconds)
        data = None if request.path else read_frame(requests)
        write_frame(replies, _answer(request, data, replies))


def _own_output() -> BinaryIO:
    """Standard output for frames alone: whatever a library prints goes to standard error."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return replies


def _answer(request: Request, data: bytes | None, replies: BinaryIO) -> bytes:
    try:
        reply = encode_reply(_read(request, data, replies))
        if len(reply) > _BYTES_PER_CHAR * request.max_text_chars:
            raise ParseError(FailureCode.OVERSIZED, f"{len(reply)} bytes of text, blocks and links")
        return reply
    except ParseError as error:
        return encode_reply(error)
    except MemoryError:
        return encode_reply(ParseError(FailureCode.TOO_MUCH_MEMORY))
    except Exception as error:  # process edge: any other error of a parser means that the file is broken
        return encode_reply(ParseError(FailureCode.MALFORMED, _place(error)))


def _read(request: Request, data: bytes | None, replies: BinaryIO) -> ParsedDocument:
    def report(done: int, total: int) -> None:
        write_frame(replies, encode_reply(Progress(done, total)))

    content = Path(request.path).read_bytes() if data is None else data
    document = parse(content, request.name, report)
    if len(document.text) > request.max_text_chars:
        raise ParseError(FailureCode.OVERSIZED, f"{len(document.text)} characters of text")
    return document


def _place(error: Exception) -> str:
    """Type and place of an error; its message may quote the document."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "nowhere"
    return f"{type(error).__name__} at {place}"


if __name__ == "__main__":
    main()
