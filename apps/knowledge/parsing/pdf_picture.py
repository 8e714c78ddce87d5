"""Draws a page of a PDF as a PNG."""

from __future__ import annotations

import io

import pypdfium2 as pdfium
from PIL import Image

from apps.knowledge.documents.parsed_document import FailureCode, ParseError
from apps.knowledge.parsing.pdf import open_pdf

MOST_BYTES = 2 * 1024 * 1024
_WIDTHS = (1_200, 800, 400)  # pixels; the narrower ones for pages whose pictures are larger than MOST_BYTES
_HEIGHT = 4_000  # at most

Image.preinit()  # loads the writer of PNG, while files may still be opened


def page_picture(data: bytes, page: int) -> bytes:
    """`page` counts from 1. Raises ParseError."""
    document = open_pdf(data)
    try:
        shown = document[page - 1]
        pictures = (_drawn(shown, width) for width in _WIDTHS)
        picture = next((picture for picture in pictures if len(picture) <= MOST_BYTES), None)
    except (pdfium.PdfiumError, IndexError) as error:
        raise ParseError(FailureCode.MALFORMED, "PDFium") from error
    finally:
        document.close()
    if picture is None:
        raise ParseError(FailureCode.OVERSIZED, "picture")
    return picture


def _drawn(page: pdfium.PdfPage, width: int) -> bytes:
    across, down = page.get_size()
    bitmap = page.render(scale=min(width / across, _HEIGHT / down))
    file = io.BytesIO()
    bitmap.to_pil().save(file, "PNG")
    bitmap.close()
    return file.getvalue()
