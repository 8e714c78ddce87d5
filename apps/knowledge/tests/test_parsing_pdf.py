"""PDF: pages, paragraphs, headings; and files that mean harm or are broken."""

import pytest

from apps.knowledge.documents.parsed_document import BlockKind, FailureCode, ParsedDocument, ParseError
from apps.knowledge.parsing.parse import parse
from apps.knowledge.tests.parsing_files import pdf, pdf_text

IMAGE = "q 100 0 0 100 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q"
BODY = [
    (12.0, 72.0, 640.0, "The first line of a paragraph that goes on,"),
    (12.0, 72.0, 626.0, "and its second line."),
    (12.0, 72.0, 590.0, "Another paragraph."),
]


def read(*pages: str) -> ParsedDocument:
    return parse(pdf(list(pages)), "file.pdf")


def texts(document: ParsedDocument, kind: BlockKind) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks if block.kind is kind]


def test_lines_become_paragraphs_and_large_lines_headings() -> None:
    document = read(pdf_text([(24, 72, 700, "Annual leave"), *BODY]))
    assert texts(document, BlockKind.HEADING) == ["Annual leave"]
    assert texts(document, BlockKind.PARAGRAPH) == [
        "The first line of a paragraph that goes on, and its second line.",
        "Another paragraph.",
    ]
    assert document.title == "Annual leave"


def test_pages_are_kept_also_empty_ones() -> None:
    document = read(pdf_text(BODY[:1]), "", pdf_text(BODY[2:]))
    assert len(document.pages) == 3
    assert document.text[document.pages[2] :] == "Another paragraph."


def test_running_heads_and_page_numbers_are_dropped() -> None:
    lines = [(12.0, 72.0, 640.0 - 14 * line, f"Line {line} of the text") for line in range(9)]
    pages = [
        pdf_text([(9, 72, 760, "Handbook 2026"), *lines, (9, 300, 30, f"Page {number}")])
        for number in range(1, 5)
    ]
    document = read(*pages)
    assert "Handbook 2026" not in document.text
    assert "Page" not in document.text
    assert document.text.count("Line 8 of the text") == 4


def test_words_broken_at_line_ends_are_made_whole() -> None:
    document = read(
        pdf_text(
            [
                (12, 72, 640, "Your self-service regis-"),
                (12, 72, 626, "tration needs self-"),
                (12, 72, 612, "service forms."),
            ]
        )
    )
    assert document.text == "Your self-service registration needs self-service forms."


def test_pictures_only_means_scanned() -> None:
    with pytest.raises(ParseError) as caught:
        read(IMAGE, IMAGE)
    assert caught.value.code is FailureCode.SCANNED


def test_blank_pages_mean_empty() -> None:
    with pytest.raises(ParseError) as caught:
        read("", "")
    assert caught.value.code is FailureCode.EMPTY


def test_a_file_cut_off_is_read_as_far_as_it_goes_or_malformed() -> None:
    whole = pdf([pdf_text(BODY)] * 5)
    outcomes = set()
    for length in range(20, len(whole), len(whole) // 12):
        try:
            outcomes.add(parse(whole[:length], "file.pdf").text[:9])
        except ParseError as error:
            outcomes.add(error.code)
    assert FailureCode.MALFORMED in outcomes
    assert outcomes <= {FailureCode.MALFORMED, FailureCode.EMPTY, "The first"}
