"""Parses plain text: paragraphs are separated by empty lines; lines with a bullet or number are list items."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.knowledge.documents.parsed_document import BlockKind, ParsedDocument
from apps.knowledge.parsing.builder import DocumentBuilder
from apps.knowledge.parsing.inline import Fragment

MEDIA_TYPE = "text/plain"

_PARAGRAPHS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_ITEM = re.compile(r"(?P<indent>[ \t]*)(?:[-*+•◦▪‣]|(?P<label>\d{1,4}[.)]))[ \t]+(?=\S)")


def parse_plain(source: str, stem: str) -> ParsedDocument:
    """Line breaks are kept. Raises ParseError(EMPTY)."""
    builder = DocumentBuilder()
    for paragraph in _PARAGRAPHS.split(source.strip("\n")):
        for kind, text, label in _blocks(paragraph):
            builder.block(kind, Fragment(text.strip()), int(kind is BlockKind.LIST_ITEM), label)
    return builder.finish(MEDIA_TYPE, stem)


def _blocks(paragraph: str) -> Iterator[tuple[BlockKind, str, str]]:
    """The blocks of a paragraph as (kind, text, label): it is cut before each line that begins a list item."""
    kind, lines, label = BlockKind.PARAGRAPH, list[str](), ""
    for line in paragraph.split("\n"):
        item = _ITEM.match(line)
        if item:
            yield kind, "\n".join(lines), label
            kind, lines, label = BlockKind.LIST_ITEM, [line[item.end() :]], item["label"] or ""
        else:
            lines.append(line)
    yield kind, "\n".join(lines), label
