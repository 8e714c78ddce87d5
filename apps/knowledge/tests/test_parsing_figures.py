"""Pictures in Word documents and web pages: their places, captions and limits, and that they change no text."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import replace

import pytest
from PIL import Image

from apps.knowledge.chunking.shown_figures import with_shown_figures
from apps.knowledge.documents.links import path_of_target
from apps.knowledge.documents.parsed_document import (
    PICTURES_LEFT_OUT,
    FailureCode,
    Figure,
    ParsedDocument,
    ParseError,
    PictureFault,
)
from apps.knowledge.documents.parts import cut_into_parts
from apps.knowledge.parsing.docx_package import Package
from apps.knowledge.parsing.docx_pictures import Pictures
from apps.knowledge.parsing.figure_picture import figure_picture
from apps.knowledge.parsing.parse import parse
from apps.knowledge.parsing.wire import FigureRequest
from apps.knowledge.tests.frames import ROW_LIMITS
from apps.knowledge.tests.parsing_files import docx, paragraph
from apps.knowledge.tests.pictures import (
    CAPTION,
    CAPTION_STYLE,
    data_address,
    drawing,
    picture,
    with_files,
)

LIMITS = ROW_LIMITS


def html(source: str) -> ParsedDocument:
    return parse(source.encode(), "page.html")


def shown(document: ParsedDocument, path: str = "manual/page.html") -> list[Figure]:
    return list(with_shown_figures(document, path, LIMITS).figures)


def word_before(document: ParsedDocument, figure: Figure) -> str:
    return document.text[: figure.start + 1].split()[-1] if figure.start >= 0 else ""


def drawn(content: bytes, path: str, source: str) -> Image.Image:
    request = FigureRequest(path, 10, source, LIMITS.picture_bytes, LIMITS.picture_pixels)
    return Image.open(io.BytesIO(figure_picture(content, request)))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says that it has so many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pieces = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in pieces
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def test_a_page_keeps_its_pictures_at_their_places() -> None:
    source = f"""<h1>Valve</h1><p>Open <img src="a.png" alt="A  tap"> it.</p>
    <figure><img src="{data_address(picture())}"><figcaption>The seat.</figcaption></figure>
    <ul><li>Turn<li>Pull <img src="b.png"></ul><table><tr><td>x<img src="c.png"><td>y</table><p>End"""
    document = html(source)
    assert document.text == "Valve\n\nOpen it.\n\nThe seat.\n\nTurn\nPull\n\nx\ty\n\nEnd"
    places = [(word_before(document, figure), figure.source, figure.alt) for figure in shown(document)]
    assert places == [
        ("it.", "file:manual/a.png", "A tap"),
        ("it.", "image:1", ""),
        ("Pull", "file:manual/b.png", ""),
        ("y", "file:manual/c.png", ""),
    ]
    assert [figure.has_caption for figure in document.figures] == [False, True, False, False]
    assert (document.figures[1].width, document.figures[1].height) == (60, 40)
    assert drawn(source.encode(), "page.html", "image:1").size == (60, 40)


def test_pictures_change_no_text() -> None:
    """Neither its words nor what follows what."""
    words = (
        "<p>One <b>two</b> three.</p><ol><li>Four.<li>Five.</ol><table><tr><th>A<th>B<tr><td>1<td>2</table>"
    )
    with_pictures = words.replace("<b>", "<img src=a.png alt=no><b>").replace("<td>", "<td><img src=b.png>")
    assert html(with_pictures).text == html(words).text
    body = paragraph("One.") + paragraph("Two.")
    package = docx(drawing("p1") + paragraph("One.") + drawing("p1", text="Two.") + drawing("p1"))
    assert (
        parse(with_files(package, {"p1.png": picture()}), "a.docx").text == parse(docx(body), "a.docx").text
    )


def test_signs_and_decoration_are_no_pictures() -> None:
    spacer = data_address(picture((1, 1)))
    source = f"""<p>Words <img class="emoji" src="e.png" alt="smile"> <img width="16" src="i.png" alt="i">
    <img role="presentation" src="d.png"> <img src="{spacer}"> <img src="https://x.example/badge.png">
    <img src="icon.svg"> <img src="data:image/svg+xml,%3Csvg/%3E"> <svg></svg>"""
    assert shown(html(source)) == []


def test_a_page_that_loads_pictures_late_names_them_elsewhere() -> None:
    stand_in = data_address(picture((1, 1)))
    (figure,) = shown(html(f'<p>Words <img src="{stand_in}" data-src="real.jpg">'))
    assert figure.source == "file:manual/real.jpg"


@pytest.mark.parametrize(
    ("element", "fault"),
    [
        ('<img alt="Map" src="https://x.example/map.png">', PictureFault.ELSEWHERE),
        ('<img alt="Map" src="../../secret.png">', PictureFault.ELSEWHERE),
        ('<img alt="Map" src="map.svg">', PictureFault.FORMAT),
        ('<img alt="Map" src="data:image/svg+xml,%3Csvg/%3E">', PictureFault.FORMAT),
        ('<svg aria-label="Map"><path d="M0 0"/></svg>', PictureFault.FORMAT),
        ('<img alt="Map" src="data:image/png;base64,AAAA">', PictureFault.DAMAGED),
    ],
)
def test_what_is_not_shown_leaves_its_place_and_caption(element: str, fault: PictureFault) -> None:
    document = html(f"<p>Before</p><figure>{element}<figcaption>The area.</figcaption></figure>")
    (figure,) = shown(document)
    assert (figure.fault, figure.alt, figure.has_caption) == (fault, "Map", True)
    assert "The area." in document.text


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("a.png", "guide/a.png"),
        ("../img/a%20b.png?v=1#x", "img/a b.png"),
        ("/a.png", "a.png"),
        ("{{ site.url }}/a.png", "a.png"),
        ("../../a.png", ""),
        ("..\\..\\..\\a.png", ""),
        ("/../../etc/passwd", ""),
        ("//x.example/a.png", ""),
        ("file:///etc/passwd", ""),
        ("..", ""),
        ("http://[", ""),
    ],
)
def test_the_path_of_a_picture_stays_in_the_folder(target: str, path: str) -> None:
    assert path_of_target("guide/page.html", target) == path


def test_a_word_document_keeps_its_pictures_and_captions() -> None:
    body = (
        drawing("p1", "First")
        + paragraph("One.")
        + drawing("p2")
        + paragraph("Figure 1: A valve.", CAPTION)
        + drawing("p1", text="Two.")
    )
    package = docx(body, {"styles.xml": CAPTION_STYLE})
    content = with_files(package, {"p1.png": picture(), "p2.jpg": picture(kind="JPEG", colour="blue")})
    document = parse(content, "a.docx")
    assert document.text == "One.\n\nFigure 1: A valve.\n\nTwo."
    assert [(word_before(document, it), it.source, it.has_caption) for it in document.figures] == [
        ("", "part:word/media/p1.png", False),
        ("One.", "part:word/media/p2.jpg", True),
        ("Two.", "part:word/media/p1.png", False),
    ]
    assert document.figures[0].alt == "First"
    assert drawn(content, "a.docx", "part:word/media/p2.jpg").format == "JPEG"


def test_vector_pictures_of_word_leave_their_place() -> None:
    content = with_files(docx(drawing("p1", "Plan") + paragraph("One.")), {"p1.emf": b"\x01\0\0\0"})
    (figure,) = shown(parse(content, "a.docx"))
    assert (figure.fault, figure.alt) == (PictureFault.FORMAT, "Plan")


def test_a_picture_in_many_parts_of_a_word_document_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    package = Package(with_files(docx(drawing("p1") + paragraph("One.")), {"p1.png": picture()}))
    looked_at: list[str] = []
    look = Package.picture_head

    def counted(package: Package, part: str) -> tuple[int, bytes]:
        looked_at.append(part)
        return look(package, part)

    monkeypatch.setattr(Package, "picture_head", counted)
    for _ in range(3):  # as in three headers
        story = Pictures(package, package.main_part())
        story.add("p1", "")
        assert [figure.source for figure in story.take()] == ["part:word/media/p1.png"]
    assert looked_at == ["word/media/p1.png"]


def test_a_picture_that_word_only_links_is_elsewhere() -> None:
    body = drawing("link", "Map").replace("r:embed", "r:link") + drawing("link", "Map") + paragraph("One.")
    found = shown(parse(docx(body), "a.docx"))
    assert [figure.fault for figure in found] == [PictureFault.ELSEWHERE] * 2


def test_what_word_cuts_off_a_picture_is_not_shown() -> None:
    half = '<a:srcRect l="50000" b="25000"/></pic:blipFill>'
    body = drawing("p1").replace("</pic:blipFill>", half) + paragraph("One.")
    image = Image.new("RGB", (60, 40), "red")
    image.paste("blue", (30, 0, 60, 40))
    file = io.BytesIO()
    image.save(file, "PNG")
    content = with_files(docx(body), {"p1.png": file.getvalue()})
    (figure,) = parse(content, "a.docx").figures
    assert (figure.width, figure.height) == (30, 30)
    cut = drawn(content, "a.docx", figure.source)
    assert (cut.size, cut.getcolors()) == ((30, 30), [(900, (0, 0, 255))])


def test_a_picture_bomb_is_left_out_and_not_decoded() -> None:
    """The document is read, and neither its many pixels nor its many bytes are."""
    files = {"p1.png": bomb(50_000, 50_000), "p2.bmp": b"BM" + bytes(30_000_000)}
    content = with_files(docx(drawing("p1") + drawing("p2") + paragraph("One.")), files)
    document = with_shown_figures(parse(content, "a.docx"), "a.docx", LIMITS)
    assert [figure.fault for figure in document.figures] == [PictureFault.LARGE, PictureFault.LARGE]
    assert document.metadata[PICTURES_LEFT_OUT] == "2"
    for name in files:
        with pytest.raises(ParseError) as large:
            drawn(content, "a.docx", f"part:word/media/{name}")
        assert large.value.code is FailureCode.OVERSIZED


def test_a_damaged_picture_is_a_named_failure() -> None:
    half = picture((500, 500))
    with pytest.raises(ParseError) as damaged:
        drawn(half[: len(half) // 2], "a.png", "")
    assert damaged.value.code is FailureCode.MALFORMED


def test_pictures_beyond_the_largest_number_are_counted() -> None:
    document = html("<p>x" + "<img src=a.png>" * 5)
    limited = with_shown_figures(document, "a.html", replace(LIMITS, pictures=3))
    assert (len(limited.figures), limited.metadata) == (3, {PICTURES_LEFT_OUT: "2"})
    forged = replace(document, figures=(), metadata={PICTURES_LEFT_OUT: "9"})
    assert with_shown_figures(forged, "a.html", LIMITS).metadata == {}


def test_parts_hold_every_picture_once() -> None:
    document = html("<img src=a.png>" + "<p>Words.</p><img src=b.png>" * 700)
    parts = cut_into_parts(document)
    assert len(parts) > 1
    assert [figure for part in parts for figure in part.figures] == list(document.figures)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pictures_of_all_kinds_are_drawn(mode: str) -> None:
    assert drawn(picture(mode=mode), "a.png", "").size == (60, 40)


def test_large_pictures_are_drawn_smaller_and_without_their_metadata() -> None:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a secret"  # turned by a quarter; a description
    Image.new("RGB", (2000, 1000)).save(file, "JPEG", exif=exif)
    image = drawn(file.getvalue(), "a.jpg", "")
    assert image.size == (700, 1400)
    assert not image.getexif()


def test_a_picture_packed_in_a_way_that_word_does_not_use_is_left_out() -> None:
    """Damaged LZMA data raises an error of its own, and a large dictionary takes all memory."""
    whole = with_files(docx(paragraph("One.") + drawing("p1") + paragraph("Two.")), {"p1.png": picture()})
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            is_picture = name.endswith(".png")
            new.writestr(name, old.read(name), zipfile.ZIP_LZMA if is_picture else zipfile.ZIP_DEFLATED)
        start = new.getinfo("word/media/p1.png").header_offset + 30 + len("word/media/p1.png")
    content = bytearray(file.getvalue())
    content[start + 4 : start + 9] = b"\xff" * 5  # the properties of LZMA and the size of its dictionary
    document = parse(bytes(content), "a.docx")
    assert document.text == "One.\n\nTwo."
    assert [figure.fault for figure in document.figures] == [PictureFault.DAMAGED]
