"""Parses PDF: the text that PDFium finds on each page; paragraphs, headings, lists, tables and notes from the layout.
Images are not read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from apps.knowledge.documents.parsed_document import FailureCode, ParsedDocument, ParseError
from apps.knowledge.parsing.builder import DocumentBuilder
from apps.knowledge.parsing.pdf_blocks import Item, join_pages, page_blocks
from apps.knowledge.parsing.pdf_contents import without_contents
from apps.knowledge.parsing.pdf_edges import PdfPage, without_edges
from apps.knowledge.parsing.pdf_headings import Outline, mark_headings
from apps.knowledge.parsing.pdf_lines import Line, segments
from apps.knowledge.parsing.pdf_notes import split_notes
from apps.knowledge.parsing.pdf_outline import metadata_title, outline_of, page_labels
from apps.knowledge.parsing.pdf_pieces import Piece, page_characters, page_pieces
from apps.knowledge.parsing.pdf_rules import page_rules
from apps.knowledge.parsing.pdf_sheets import sheet_of
from apps.knowledge.parsing.pdf_tables import Table, page_items
from apps.knowledge.parsing.pdf_title import pdf_title
from apps.knowledge.parsing.pdf_unmapped import without_unmapped
from apps.knowledge.parsing.pdf_words import words_of
from apps.knowledge.parsing.pdf_writer import PdfWriter
from apps.knowledge.parsing.unreliable import with_unreliable

MEDIA_TYPE = "application/pdf"

_PROGRESS_SECONDS = 0.25


@dataclass
class _Read:
    """What was read from the file before it was closed."""

    pages: list[PdfPage]
    outline: Outline
    title: str
    labels: list[str]


def parse_pdf(
    data: bytes, stem: str, on_progress: Callable[[int, int], None] | None = None
) -> ParsedDocument:
    """Raises ParseError: ENCRYPTED, MALFORMED, SCANNED if pages contain only images, EMPTY."""
    document = open_pdf(data)
    try:
        pages = _read_pages(document, on_progress)
        if not any(page.items for page in pages):
            raise ParseError(FailureCode.SCANNED if _has_objects(document) else FailureCode.EMPTY)
        labels = [page.label for page in pages]
        read = _Read(pages, outline_of(document), metadata_title(document), labels)
    finally:
        document.close()
    return _build(read, stem)


def open_pdf(data: bytes) -> pdfium.PdfDocument:
    """Raises ParseError: ENCRYPTED, MALFORMED."""
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        protected = error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        raise ParseError(FailureCode.ENCRYPTED if protected else FailureCode.MALFORMED, "PDFium") from error


def _read_pages(
    document: pdfium.PdfDocument, on_progress: Callable[[int, int], None] | None
) -> list[PdfPage]:
    total = len(document)
    if not total:
        raise ParseError(FailureCode.MALFORMED, "no pages")
    pages, reported = [], time.monotonic()
    for number, label in enumerate(page_labels(document)):
        pages.append(_read_page(document, number, label))
        if on_progress and time.monotonic() - reported > _PROGRESS_SECONDS:
            on_progress(number + 1, total)
            reported = time.monotonic()
    return pages


def _read_page(document: pdfium.PdfDocument, number: int, label: str) -> PdfPage:
    """A page that cannot be loaded is empty, as in PDF viewers. `number` counts from 0."""
    try:
        page = document[number]
    except pdfium.PdfiumError:
        return PdfPage(number + 1, label, [])
    try:
        textpage = page.get_textpage()
        text = page_characters(textpage.raw, textpage.count_chars())
        text, is_unmapped = without_unmapped(textpage.raw, text)
        turns = page_pieces(textpage.raw, text)
        main, *others = [_placed_items(page.raw, number + 1, *turned) for turned in turns] or [[]]
        turned_items = [item for items in others for item in items]
        return PdfPage(number + 1, label, main, turned_items, is_unmapped)
    except pdfium.PdfiumError:
        return PdfPage(number + 1, label, [])
    finally:
        page.close()


def _placed_items(page: raw.FPDF_PAGE, number: int, turn: int, pieces: Sequence[Piece]) -> list[Line | Table]:
    items = page_items(segments(pieces), lambda: page_rules(page))
    sheet = sheet_of(page, number, turn)
    for item in items:
        for line in [item] if isinstance(item, Line) else item.lines():
            line.sheet = sheet
    return items


def _has_objects(document: pdfium.PdfDocument) -> bool:
    return any(
        next(iter(document[number].get_objects(max_depth=1)), None)
        for number in range(min(len(document), 20))
    )


def _build(read: _Read, stem: str) -> ParsedDocument:
    without_edges(read.pages, read.title)
    without_contents(read.pages)
    words = words_of(line.text for page in read.pages for line in page.lines)
    layout = [_blocks(page) for page in read.pages]
    mark_headings(layout, read.outline)
    join_pages(layout)
    builder = DocumentBuilder()
    PdfWriter(builder, words).write(layout)
    document = builder.finish(MEDIA_TYPE, stem, title=pdf_title(read.title, layout[0]))
    document = replace(document, page_labels=_printed(read.labels))
    return with_unreliable(document, {page.number for page in read.pages if page.is_unmapped})


def _blocks(page: PdfPage) -> list[Item]:
    items, notes = split_notes(page.items)
    return page_blocks([*items, *page.turned], notes)


def _printed(labels: list[str]) -> tuple[str, ...]:
    """The labels, if they say more than the numbers of the sheets."""
    sheets = [str(number + 1) for number in range(len(labels))]
    return tuple(labels) if any(labels) and labels != sheets else ()
