"""The reading process: `python -m apps.knowledge.parsing.child MEMORY_MB CPU_SECONDS FOLDER...`. Reads files until its
input ends.

It does all the work on the content of a file: parsing, segmentation, stems, links, layout. It loads neither Django nor
ONNX, can open only the files of the program (`FOLDER...` are the folders it may read), and may be killed at any time.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from apps.knowledge.chunking.rows import DocumentRows, document_rows
from apps.knowledge.documents.parsed_document import FailureCode, ParseError
from apps.knowledge.parsing.limits import EXIT_OUT_OF_MEMORY, limit_cpu, limit_process
from apps.knowledge.parsing.parse import parse
from apps.knowledge.parsing.sandbox import enter_sandbox
from apps.knowledge.parsing.wire import (
    AnyRequest,
    FigureRequest,
    PictureRequest,
    Progress,
    Request,
    decode_request,
    encode_document,
    encode_failure,
    encode_progress,
    read_frame,
    write_frame,
)


def main() -> None:
    """Ends with a code of its own when memory runs out, because there may be too little left to send a reply."""
    try:
        _serve()
    except MemoryError:
        os._exit(EXIT_OUT_OF_MEMORY)


def _serve() -> None:
    requests, replies = sys.stdin.buffer, _own_output()
    limit_process(int(sys.argv[1]), int(sys.argv[2]))
    enter_sandbox([Path(folder) for folder in sys.argv[3:]])
    while (frame := read_frame(requests)) is not None:
        request = decode_request(frame)
        limit_cpu(request.cpu_seconds)
        for reply in _answer(request, _content(requests), replies):
            write_frame(replies, reply)


def _own_output() -> BinaryIO:
    """Reserves standard output for frames: output of libraries goes to standard error."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return replies


def _content(requests: BinaryIO) -> bytes:
    return b"".join(iter(lambda: read_frame(requests) or b"", b""))


def _answer(request: AnyRequest, content: bytes, replies: BinaryIO) -> Iterator[bytes]:
    try:
        if isinstance(request, Request):
            yield from encode_document(_rows(request, content, replies))
        else:
            yield _picture(request, content)
    except ParseError as error:
        yield encode_failure(error)
    except MemoryError:  # its traceback holds what fills the memory, so it is not answered here
        raise
    except Exception as error:  # a boundary: any other error of a parser means that the file is damaged
        yield encode_failure(ParseError(FailureCode.MALFORMED, _place(error)))


def _rows(request: Request, content: bytes, replies: BinaryIO) -> DocumentRows:
    def report(done: int, total: int) -> None:
        write_frame(replies, encode_progress(Progress(done, total)))

    return document_rows(parse(content, request.path, report), request.path, request.limits)


def _picture(request: PictureRequest | FigureRequest, content: bytes) -> bytes:
    """Imports what only pictures need."""
    if isinstance(request, FigureRequest):
        from apps.knowledge.parsing.figure_picture import figure_picture

        return figure_picture(content, request)
    from apps.knowledge.parsing.pdf_picture import page_picture

    return page_picture(content, request.page)


def _place(error: Exception) -> str:
    """The type and place of an error, without its message, which may quote the document."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "nowhere"
    return f"{type(error).__name__} at {place}"


if __name__ == "__main__":
    main()
