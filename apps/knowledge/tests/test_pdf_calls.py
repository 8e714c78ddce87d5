"""PDFium's functions that are called without a check of their arguments return what the checked ones do."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pypdfium2.raw as pdfium
import pytest
from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

from apps.knowledge.parsing.pdf_calls import character_boxes, map_errors, path_bounds
from apps.knowledge.tests.parsing_files import pdf, pdf_rule, pdf_text

WORDS = [(9.0, 40.0, 760.0 - 10 * at, "The porter keeps 12 keys, and 3.5 are lost. " * 2) for at in range(40)]


@pytest.fixture
def page() -> Iterator[PdfPage]:
    document = PdfDocument(pdf([pdf_text(WORDS) + pdf_rule(40, 300, 500, 300) + pdf_rule(40, 90, 40, 200)]))
    yield document[0]
    document.close()


@pytest.fixture
def textpage(page: PdfPage) -> PdfTextPage:
    return page.get_textpage()


def checked_box(textpage: PdfTextPage, index: int) -> tuple[float, float, float, float]:
    box = pdfium.FS_RECTF()
    assert pdfium.FPDFText_GetLooseCharBox(textpage.raw, index, box)
    return box.left, box.top, box.right, box.bottom


def test_boxes_of_more_characters_than_are_read_at_once(textpage: PdfTextPage) -> None:
    count = textpage.count_chars()
    indices = [*range(count), *reversed(range(count))]
    assert len(indices) > 4_096
    assert list(character_boxes(textpage.raw, indices)) == [checked_box(textpage, at) for at in indices]


def test_boxes_are_read_while_others_are(textpage: PdfTextPage) -> None:
    outer = character_boxes(textpage.raw, range(5))
    pairs = [(box, *character_boxes(textpage.raw, [20])) for box in outer]
    assert pairs == [(checked_box(textpage, at), checked_box(textpage, 20)) for at in range(5)]


def test_characters_without_a_meaning(textpage: PdfTextPage) -> None:
    indices = range(textpage.count_chars())
    checked = [pdfium.FPDFText_HasUnicodeMapError(textpage.raw, at) for at in indices]
    assert list(map_errors(textpage.raw, indices)) == checked


def test_bounds_of_paths(page: PdfPage) -> None:
    edges = [ctypes.c_float() for _ in range(4)]
    checked = []
    for drawn in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH]):
        assert pdfium.FPDFPageObj_GetBounds(drawn.raw, *edges)
        checked.append([edge.value for edge in edges])
    assert len(checked) == 2
    assert list(path_bounds(page.raw, 10_000)) == checked
    assert list(path_bounds(page.raw, 0)) == []
