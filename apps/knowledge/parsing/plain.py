"""Plain text: paragraphs are set apart by empty lines; a line with a bullet or number is a list item."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.knowledge.documents.parsed_document import BlockKind, ParsedDocument
from apps.knowledge.parsing.builder import DocumentBuilder
from apps.knowledge.parsing.inline import Fragment

MEDIA_TYPE = "text/plain"

_PARAGRAPHS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_ITEM = re.compile(r"(?P<indent>[ \t]*)(?:[-*+•◦▪‣]|(?P<number>\d{1,4})[.)])[ \t]+(?=\S)")


def parse_plain(source: str, stem: str) -> ParsedDocument:
    """Lines stay as they are. Raises ParseError(EMPTY)."""
    builder = DocumentBuilder()
    for paragraph in _PARAGRAPHS.split(source.strip("\n")):
        for kind, text, ordinal in _pieces(paragraph):
            builder.block(kind, Fragment(text.strip()), int(kind is BlockKind.LIST_ITEM), ordinal)
    return builder.finish(MEDIA_TYPE, stem)


def _pieces(paragraph: str) -> Iterator[tuple[BlockKind, str, int]]:
    """(kind, text, ordinal) of a paragraph: cut before each line that begins a list item."""
    kind, lines, ordinal = BlockKind.PARAGRAPH, list[str](), 0
    for line in paragraph.split("\n"):
        item = _ITEM.match(line)
        if item:
            yield kind, "\n".join(lines), ordinal
            kind, lines, ordinal = BlockKind.LIST_ITEM, [line[item.end() :]], int(item["number"] or 0)
        else:
            lines.append(line)
    yield kind, "\n".join(lines), ordinal
