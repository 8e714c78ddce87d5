"""PDF: text as PDFium extracts it, by page; paragraphs and headings from the layout. No pictures, no tables."""

from __future__ import annotations

import time
from collections.abc import Callable

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from apps.knowledge.documents.parsed_document import FailureCode, ParsedDocument, ParseError
from apps.knowledge.parsing.builder import DocumentBuilder
from apps.knowledge.parsing.inline import InlineWriter
from apps.knowledge.parsing.pdf_blocks import (
    dehyphenated,
    first_page_title,
    mark_headings,
    page_blocks,
    without_running_lines,
    words_of,
)
from apps.knowledge.parsing.pdf_lines import Line, page_lines

MEDIA_TYPE = "application/pdf"

_PROGRESS_SECONDS = 0.25


def parse_pdf(
    data: bytes, stem: str, on_progress: Callable[[int, int], None] | None = None
) -> ParsedDocument:
    """Raises ParseError: ENCRYPTED, MALFORMED, SCANNED where pages hold pictures only, EMPTY."""
    document = _open(data)
    try:
        pages = _read_pages(document, on_progress)
        if not any(pages):
            raise ParseError(FailureCode.SCANNED if _has_objects(document) else FailureCode.EMPTY)
    finally:
        document.close()
    return _build(pages, stem)


def _open(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        protected = error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        raise ParseError(FailureCode.ENCRYPTED if protected else FailureCode.MALFORMED, "PDFium") from error


def _read_pages(
    document: pdfium.PdfDocument, on_progress: Callable[[int, int], None] | None
) -> list[list[Line]]:
    total = len(document)
    if not total:
        raise ParseError(FailureCode.MALFORMED, "no pages")
    pages, reported = [], time.monotonic()
    for number in range(total):
        pages.append(_read_page(document, number))
        if on_progress and time.monotonic() - reported > _PROGRESS_SECONDS:
            on_progress(number + 1, total)
            reported = time.monotonic()
    return pages


def _read_page(document: pdfium.PdfDocument, number: int) -> list[Line]:
    """A page that cannot be loaded is blank to a reader of the file, and here."""
    try:
        page = document[number]
    except pdfium.PdfiumError:
        return []
    try:
        textpage = page.get_textpage()
        return [line for line in page_lines(textpage.raw, textpage.count_chars()) if line.text.strip()]
    except pdfium.PdfiumError:
        return []
    finally:
        page.close()


def _has_objects(document: pdfium.PdfDocument) -> bool:
    return any(
        next(iter(document[number].get_objects(max_depth=1)), None)
        for number in range(min(len(document), 20))
    )


def _build(pages: list[list[Line]], stem: str) -> ParsedDocument:
    pages = without_running_lines(pages)
    words = words_of(line for page in pages for line in page)
    layout = [page_blocks(page) for page in pages]
    mark_headings(layout)
    builder, writer = DocumentBuilder(), InlineWriter()
    for page in layout:
        builder.page()
        for block in page:
            writer.write(dehyphenated(block.text, words))
            builder.block(block.kind, writer.take(), block.level)
    return builder.finish(MEDIA_TYPE, stem, title=" ".join(first_page_title(layout[0]).split()))
