"""Parses plain text: paragraphs are separated by empty lines; lines with a bullet or number may be list items."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.knowledge.chunking.plain_lists import item_marks
from apps.knowledge.documents.parsed_document import BlockKind, ParsedDocument
from apps.knowledge.parsing.builder import DocumentBuilder
from apps.knowledge.parsing.inline import Fragment

MEDIA_TYPE = "text/plain"

_PARAGRAPHS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def parse_plain(source: str, stem: str) -> ParsedDocument:
    """Line breaks are kept. Raises ParseError(EMPTY)."""
    builder = DocumentBuilder()
    for paragraph in _PARAGRAPHS.split(source.strip("\n")):
        for kind, text, label in _blocks(paragraph.split("\n")):
            builder.block(kind, Fragment(text.strip()), int(kind is BlockKind.LIST_ITEM), label)
    return builder.finish(MEDIA_TYPE, stem)


def _blocks(paragraph: list[str]) -> Iterator[tuple[BlockKind, str, str]]:
    """The blocks of a paragraph as (kind, text, label): it is cut before each line that begins a list item."""
    marks = item_marks(paragraph)
    kind, lines, label = BlockKind.PARAGRAPH, list[str](), ""
    for n, line in enumerate(paragraph):
        if n in marks:
            yield kind, "\n".join(lines), label
            kind, lines, label = BlockKind.LIST_ITEM, [line[marks[n].width :]], marks[n].label
        else:
            lines.append(line)
    yield kind, "\n".join(lines), label
