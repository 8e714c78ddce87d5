"""The one door to all formats: bytes and a file name in, a document or a named failure out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from apps.knowledge.documents.parsed_document import FailureCode, ParsedDocument, ParseError
from apps.knowledge.parsing.detect import Format, decode_text, detect_format
from apps.knowledge.parsing.normalise import normalise

Progress = Callable[[int, int], None]


def parse(data: bytes, name: str, on_progress: Progress | None = None) -> ParsedDocument:
    """Read one file. `on_progress(done, total)` counts the pages of a PDF. Raises ParseError."""
    found = detect_format(data, name)
    stem = normalise(PurePath(name).stem)
    document = _read(found, data, stem, on_progress)
    if not any(character.isalnum() for character in document.text):
        raise ParseError(FailureCode.EMPTY, "no letter or digit")
    return document


def _read(found: Format, data: bytes, stem: str, on_progress: Progress | None) -> ParsedDocument:
    """Imports only what the format needs: a child that reads Markdown never loads the PDF library."""
    if found is Format.PDF:
        from apps.knowledge.parsing.pdf import parse_pdf

        return parse_pdf(data, stem, on_progress)
    if found is Format.DOCX:
        from apps.knowledge.parsing.docx import parse_docx

        return parse_docx(data, stem)
    return _read_text(found, normalise(decode_text(data, found)), stem)


def _read_text(found: Format, text: str, stem: str) -> ParsedDocument:
    if found is Format.MARKDOWN:
        from apps.knowledge.parsing.markdown import parse_markdown

        return parse_markdown(text, stem)
    if found is Format.HTML:
        from apps.knowledge.parsing.html import parse_html

        return parse_html(text, stem)
    from apps.knowledge.parsing.plain import parse_plain

    return parse_plain(text, stem)
