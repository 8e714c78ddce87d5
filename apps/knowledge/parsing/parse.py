"""The entry point of all parsers: from bytes and a file name to a document or a ParseError."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from apps.knowledge.documents.parsed_document import CHARSET, FailureCode, ParsedDocument, ParseError
from apps.knowledge.parsing.detect import Format, decode_text, detect_format
from apps.knowledge.parsing.normalise import normalise

Progress = Callable[[int, int], None]


def parse(data: bytes, name: str, on_progress: Progress | None = None) -> ParsedDocument:
    """Read one file. `on_progress(done, total)` counts the pages of a PDF. Raises ParseError."""
    found = detect_format(data, name)
    stem = normalise(PurePath(name).stem)
    document = _read(found, data, stem, on_progress)
    if not any(character.isalnum() for character in document.text):
        raise ParseError(FailureCode.EMPTY, "no letters or digits")
    return document


def _read(found: Format, data: bytes, stem: str, on_progress: Progress | None) -> ParsedDocument:
    """Imports only the parser of the format: a child that reads Markdown does not load the PDF library."""
    if found is Format.PDF:
        from apps.knowledge.parsing.pdf import parse_pdf

        return parse_pdf(data, stem, on_progress)
    if found is Format.DOCX:
        from apps.knowledge.parsing.docx import parse_docx

        return parse_docx(data, stem)
    text, charset = decode_text(data, found)
    document = _read_text(found, normalise(text), stem)
    own = {key: value for key, value in document.metadata.items() if key != CHARSET}
    return replace(document, metadata={CHARSET: charset, **own} if charset else own)


def _read_text(found: Format, text: str, stem: str) -> ParsedDocument:
    if found is Format.MARKDOWN:
        from apps.knowledge.parsing.markdown import parse_markdown

        return parse_markdown(text, stem)
    if found is Format.HTML:
        from apps.knowledge.parsing.html import parse_html

        return parse_html(text, stem)
    from apps.knowledge.parsing.plain import parse_plain

    return parse_plain(text, stem)
