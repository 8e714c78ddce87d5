"""Joins the frames that the reading process sends."""

from __future__ import annotations

from collections.abc import Iterable

from apps.knowledge.chunking.rows import DocumentHead, DocumentRows, RowLimits
from apps.knowledge.parsing.reader import ReadLimits
from apps.knowledge.parsing.wire import DocumentFrame, LinkRows, PartRows, PassageRows, TextChunk

ROW_LIMITS = RowLimits(
    target_words=80,
    max_words=160,
    text_chars=100_000,
    passages=1_000,
    sentences=10_000,
    links=2_000,
    blocks=10_000,
    pictures=100,
    picture_bytes=10_000_000,
    picture_pixels=4_000_000,
    terms=10_000,
)
READ_LIMITS = ReadLimits(seconds=20, memory_mb=1024, max_bytes=10_000_000, rows=ROW_LIMITS)


def assembled(frames: Iterable[DocumentFrame]) -> DocumentRows:
    head, *rest = frames
    assert isinstance(head, DocumentHead)
    rows = DocumentRows(head, "", [], [], [])
    text = []
    for frame in rest:
        match frame:
            case TextChunk():
                text.append(frame.text)
            case PartRows():
                rows.parts.extend(frame.parts)
            case LinkRows():
                rows.links.extend(frame.links)
            case PassageRows():
                rows.passages.extend(frame.passages)
    return DocumentRows(head, "".join(text), rows.parts, rows.links, rows.passages)
