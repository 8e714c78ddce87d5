"""DOCX: structure of a Word document, and packages that mean harm."""

import pytest

from apps.knowledge.documents.parsed_document import (
    BlockKind,
    FailureCode,
    ParsedDocument,
    ParseError,
    Style,
    StyleKind,
)
from apps.knowledge.parsing.parse import parse
from apps.knowledge.tests.parsing_files import docx, paragraph, part, table, zipped

STYLES = part(
    "styles",
    '<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="en-GB"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="Sub"><w:basedOn w:val="H1"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
    '<w:style w:styleId="Loop"><w:basedOn w:val="Loop"/></w:style>',
)
NUMBERING = part(
    "numbering",
    '<w:abstractNum w:abstractNumId="5"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/>'
    '<w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="2"><w:abstractNumId w:val="5"/></w:num>',
)

HEADER_ROW = "<w:tr><w:trPr><w:tblHeader/></w:trPr>"


def read(body: str, parts: dict[str, str] | None = None) -> ParsedDocument:
    return parse(docx(body, parts), "file.docx")


def item(text: str, depth: int) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="2"/></w:numPr>')


def fails(data: bytes, code: FailureCode) -> None:
    with pytest.raises(ParseError) as caught:
        parse(data, "file.docx")
    assert caught.value.code is code


def test_headings_come_from_styles() -> None:
    body = paragraph("Top", '<w:pStyle w:val="H1"/>') + paragraph("Sub", '<w:pStyle w:val="Sub"/>')
    document = read(body + paragraph("Text", '<w:pStyle w:val="Loop"/>'), {"styles.xml": STYLES})
    assert [(block.kind, block.level) for block in document.blocks] == [
        (BlockKind.HEADING, 1),
        (BlockKind.HEADING, 2),
        (BlockKind.PARAGRAPH, 0),
    ]
    assert (document.title, document.language) == ("Top", "en-GB")


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ([("H1", "Rent"), ("", "Due in May."), ("H1", "Repairs")], "file"),
        ([("T", "Lease"), ("", "Of the quay."), ("H1", "Rent"), ("H1", "Repairs")], "Lease"),
        ([("H1", "Lease"), ("H1", "Rent"), ("", "Due in May.")], "Lease"),
        ([("H1", "Lease"), ("", "Due in May.")], "Lease"),
    ],
)
def test_the_first_of_several_sections_is_not_the_title(body: list[tuple[str, str]], title: str) -> None:
    styles = STYLES.replace(
        "<w:style ", '<w:style w:styleId="T"><w:name w:val="Title"/></w:style><w:style ', 1
    )
    paragraphs = (paragraph(text, f'<w:pStyle w:val="{style}"/>') for style, text in body)
    assert read("".join(paragraphs), {"styles.xml": styles}).title == title


def test_bold_and_italic_runs_are_kept() -> None:
    bold, off = "<w:rPr><w:b/></w:rPr>", '<w:rPr><w:b w:val="0"/><w:i/></w:rPr>'
    runs = "".join(f"<w:r>{look}<w:t>{text}</w:t></w:r>" for look, text in ((bold, "Never"), (off, "alone")))
    document = read(f"<w:p>{runs}<w:r><w:t>!</w:t></w:r></w:p>")
    assert document.text == "Neveralone!"
    assert document.styles == (Style(0, 5, StyleKind.STRONG), Style(5, 10, StyleKind.EMPHASIS))


def test_lists_count_on_after_their_inner_list() -> None:
    document = read(item("a", 0) + item("in", 1) + item("b", 0), {"numbering.xml": NUMBERING})
    assert [(block.level, block.label) for block in document.blocks] == [(1, 3), (2, 0), (1, 3)]
    assert document.text == "3. a\nin\n4. b"


def test_tables_have_headers_and_merged_cells() -> None:
    merged = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>'
    goes_on = "<w:tcPr><w:vMerge/></w:tcPr>"
    body = table([["Leave", "Days"], ["Sick", "5"], ["", "6"]]).replace("<w:tr>", HEADER_ROW, 1)
    body = body.replace(f"<w:tc>{paragraph('Sick')}", f"<w:tc>{merged}{paragraph('Sick')}")
    body = body.replace(f"<w:tc>{paragraph('')}", f"<w:tc>{goes_on}{paragraph('')}")
    document = read(body)
    assert document.text == "Leave\tDays\nSick\t5\n6"
    last = document.blocks[-1].cells[0]
    assert (last.column_header, last.row_header) == ("Days", "Sick")


def test_text_stands_in_many_places() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>".format
    box = "<w:r><w:drawing><w:txbxContent>" + paragraph("boxed") + "</w:txbxContent></w:drawing></w:r>"
    body = (
        f"<w:sdt><w:sdtContent>{paragraph('controlled')}</w:sdtContent></w:sdt>"
        f"<w:p><w:ins>{run('inserted')}</w:ins><w:del>{run('deleted')}</w:del>{box}</w:p>"
        f'<w:p>{run("see ")}<w:hyperlink r:id="link">{run("the form")}</w:hyperlink></w:p>'
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    notes = part("footnotes", f'<w:footnote w:type="separator">{paragraph("---")}</w:footnote>').replace(
        "</w:footnotes>", f'<w:footnote w:id="2">{paragraph("a note")}</w:footnote></w:footnotes>'
    )
    document = read(body, {"footnotes.xml": notes})
    assert document.text == "controlled\n\ninserted\n\nboxed\n\nsee the form\n\na note"
    link = document.links[0]
    assert (document.text[link.start : link.end], link.target) == ("the form", "https://example.org/form")


def test_one_of_two_forms_of_the_same_content_is_read() -> None:
    twice = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        "<mc:Choice><w:t>new</w:t></mc:Choice><mc:Fallback><w:t>old</w:t></mc:Fallback></mc:AlternateContent>"
    )
    assert read(f"<w:p><w:r>{twice}</w:r></w:p>").text == "new"


def test_external_entities_are_refused() -> None:
    prolog = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    fails(docx(paragraph("&e;"), prolog=prolog), FailureCode.MALFORMED)


def test_entity_bombs_are_refused() -> None:
    layers = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    prolog = f'<!DOCTYPE x [<!ENTITY e0 "lol">{layers}]>'
    fails(docx(paragraph("&e9;"), prolog=prolog), FailureCode.MALFORMED)


def test_a_bomb_of_paragraphs_is_refused() -> None:
    data = docx("<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 1_000_000)
    assert len(data) < 200_000
    fails(data, FailureCode.OVERSIZED)


def test_a_package_of_thousands_of_files_is_refused() -> None:
    fails(zipped({f"{number}.xml": b"<x/>" for number in range(1200)}), FailureCode.OVERSIZED)


def test_a_document_without_text_is_empty() -> None:
    fails(docx("<w:p/>"), FailureCode.EMPTY)
