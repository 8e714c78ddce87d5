"""Reads what a PDF says about itself: title, labels of its pages, and outline."""

from __future__ import annotations

import ctypes

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from apps.knowledge.parsing.normalise import normalise
from apps.knowledge.parsing.pdf_headings import Outline, fold

_MOST_ENTRIES = 20_000
_MOST_LABEL_BYTES = 34  # 16 characters and the end
_DEEPEST = 6


def metadata_title(document: pdfium.PdfDocument) -> str:
    try:
        return str(document.get_metadata_value("Title"))
    except UnicodeDecodeError:
        return ""


def outline_of(document: pdfium.PdfDocument) -> Outline:
    """The level of each entry of the outline by its folded text."""
    outline: Outline = {}
    try:
        for count, entry in enumerate(document.get_toc(max_depth=_DEEPEST)):
            if count >= _MOST_ENTRIES:
                break
            outline.setdefault(fold(normalise(entry.get_title())), entry.level + 1)
    except (UnicodeDecodeError, pdfium.PdfiumError):
        return outline
    return outline


def page_labels(document: pdfium.PdfDocument) -> list[str]:
    """The label that the document gives each page; "" where it gives none."""
    return [_label(document, number) for number in range(len(document))]


def _label(document: pdfium.PdfDocument, number: int) -> str:
    buffer = ctypes.create_string_buffer(_MOST_LABEL_BYTES)
    length = raw.FPDF_GetPageLabel(document, number, buffer, _MOST_LABEL_BYTES)
    if not 2 < length <= _MOST_LABEL_BYTES:
        return ""
    return " ".join(normalise(buffer.raw[: length - 2].decode("utf-16-le", "replace")).split())
