"""Pictures of PDF pages, drawn in the reading process, and the places of lines on them."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from apps.knowledge.documents.parsed_document import FailureCode, ParsedDocument, ParseError, PlacedLine
from apps.knowledge.documents.parts import cut_into_parts
from apps.knowledge.parsing import builder, pdf_picture
from apps.knowledge.parsing.parse import parse
from apps.knowledge.parsing.reader import DocumentReader
from apps.knowledge.tests.frames import READ_LIMITS as LIMITS
from apps.knowledge.tests.frames import assembled
from apps.knowledge.tests.parsing_files import pdf, pdf_text

LINES = [(12.0, 72.0, 700.0, "The ramp closes at nine."), (12.0, 72.0, 640.0, "Ask the porter for a key.")]
DRAWN = [
    pytest.param("", pdf_text(LINES), id="upright"),
    *(
        pytest.param(f">> /Rotate {angle} /Extra <<", pdf_text(LINES), id=f"page-turned-{angle}")
        for angle in (90, 180, 270)
    ),
    pytest.param(">> /CropBox [50 500 400 750] /Extra <<", pdf_text(LINES), id="cropped"),
    *(
        pytest.param("", f"q {matrix} cm {pdf_text(LINES)} Q", id=f"text-turned-{name}")
        for name, matrix in (
            ("90", "0 1 -1 0 792 0"),
            ("180", "-1 0 0 -1 612 792"),
            ("270", "0 -1 1 0 -400 612"),
        )
    ),
]


def picture_of(data: bytes, page: int = 1) -> Image.Image:
    with DocumentReader(LIMITS) as reader:
        return Image.open(io.BytesIO(reader.picture(data, page)))


def words(document: ParsedDocument) -> list[str]:
    return [document.text[line.start : line.end] for line in document.lines]


@pytest.mark.parametrize(("page", "content"), DRAWN)
def test_the_ink_of_a_line_lies_in_its_box(page: str, content: str) -> None:
    data = pdf([content], page)
    document, picture = parse(data, "a.pdf"), picture_of(data)
    assert sorted(words(document)) == sorted(text for *_, text in LINES)
    blank = picture.convert("L")
    for line in document.lines:
        box = _pixels(line, picture)
        assert min(blank.crop(box).tobytes()) < 128, "no ink in the box"
        blank.paste(255, box)
    assert set(blank.tobytes()) == {255}, "ink outside of the boxes"


def _pixels(line: PlacedLine, picture: Image.Image) -> tuple[int, int, int, int]:
    across, down = picture.width / 1000, picture.height / 1000
    left, top, right, bottom = line.left * across, line.top * down, line.right * across, line.bottom * down
    return int(left) - 2, int(top) - 2, int(right) + 2, int(bottom) + 2


def test_lines_are_placed_in_the_text_as_it_is_stored() -> None:
    wrapped = [
        (12.0, 72.0, 700.0, "1. A label with spa-"),
        (12.0, 72.0, 686.0, "ces, and a well-"),
        (12.0, 72.0, 672.0, "known word."),
    ]
    table = [
        (12.0, left, bottom, text)
        for bottom, row in ((600.0, "AB"), (580.0, "CD"), (560.0, "EF"))
        for left, text in zip((72.0, 300.0), row, strict=True)
    ]
    document = parse(pdf([pdf_text([*wrapped, *table]), pdf_text(LINES)]), "a.pdf")
    assert words(document)[:3] == ["A label with spa", "ces, and a well", "known word."]
    assert words(document)[3:9] == list("ABCDEF")
    assert {document.text[line.start : line.end]: line.page for line in document.lines}[LINES[0][3]] == 2
    assert [line for part in cut_into_parts(document) for line in part.lines] == list(document.lines)


def test_lines_beyond_the_limit_have_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "MOST_LINES", 1)
    document = parse(pdf([pdf_text(LINES)]), "a.pdf")
    assert words(document) == [LINES[0][3]]
    assert LINES[1][3] in document.text


@pytest.mark.parametrize(
    ("box", "size"), [("0 0 612 792", (1200, 1553)), ("0 0 100 9000", (45, 4000)), ("0 0 9000 9", (1200, 2))]
)
def test_a_picture_has_a_limited_size(box: str, size: tuple[int, int]) -> None:
    content = pdf_text([(5, 1, 1, "Text")])
    picture = picture_of(pdf([content], f">> /MediaBox [{box}] /CropBox [{box}] /Extra <<"))
    assert picture.format == "PNG"
    assert picture.size == size


def test_a_large_picture_is_drawn_narrower(monkeypatch: pytest.MonkeyPatch) -> None:
    data = pdf([pdf_text(LINES)])
    widest = pdf_picture.page_picture(data, 1)
    monkeypatch.setattr(pdf_picture, "MOST_BYTES", len(widest) - 1)
    drawn = pdf_picture.page_picture(data, 1)
    assert len(drawn) < len(widest)
    assert Image.open(io.BytesIO(drawn)).width == 800
    monkeypatch.setattr(pdf_picture, "MOST_BYTES", 100)
    with pytest.raises(ParseError) as caught:
        pdf_picture.page_picture(data, 1)
    assert caught.value.code is FailureCode.OVERSIZED


def test_what_cannot_be_drawn_is_an_error_and_ends_the_process() -> None:
    data = pdf([pdf_text(LINES)])
    with DocumentReader(LIMITS) as reader:
        for content, page in ((data, 2), (b"%PDF-1.7 broken", 1)):
            with pytest.raises(ParseError) as caught:
                reader.picture(content, page)
            assert caught.value.code is FailureCode.MALFORMED
        assert reader.picture(data, 1).startswith(b"\x89PNG")
        assert assembled(reader.read(data, "a.pdf")).text
    with DocumentReader(replace(LIMITS, max_bytes=100)) as reader, pytest.raises(ParseError) as caught:
        reader.picture(data, 1)
    assert caught.value.code is FailureCode.OVERSIZED


def test_a_page_that_takes_too_long_is_given_up() -> None:
    strokes = "0 0 m 612 792 l 9 9 5 5 re S [1 1] 0 d 300 w " * 400_000
    with DocumentReader(replace(LIMITS, seconds=1)) as reader, pytest.raises(ParseError) as caught:
        reader.picture(pdf([strokes]), 1)
    assert caught.value.code is FailureCode.TOO_SLOW
