"""Merged cells, indented rows and header rows of Word tables."""

import pytest

from apps.knowledge.documents.parsed_document import Block
from apps.knowledge.parsing.parse import parse
from apps.knowledge.tests.parsing_files import docx, paragraph, part

STYLES = part(
    "styles",
    '<w:style w:type="table" w:styleId="Plain"/>'
    '<w:style w:type="table" w:styleId="Rich"><w:basedOn w:val="Plain"/>'
    '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr></w:tblStylePr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Head"><w:rPr><w:b/></w:rPr></w:style>',
)


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def rows(content: str, properties: str = "") -> list[tuple[str, Block]]:
    body = f"<w:tbl><w:tblPr>{properties}</w:tblPr>{content}</w:tbl>"
    document = parse(docx(body, {"styles.xml": STYLES}), "file.docx")
    return [(document.text[it.start : it.end], it) for it in document.blocks]


HEADER = row(cell("Berth"), cell("Summer"), cell("Winter"), properties="<w:tblHeader/>")


def test_an_indented_row_has_its_cells_in_their_columns() -> None:
    indented = row(cell("70"), cell("30"), properties='<w:gridBefore w:val="1"/>')
    ((text, block),) = rows(HEADER + indented)[1:]
    assert text == "\t70\t30"
    assert [it.column_header for it in block.cells] == ["Berth", "Summer", "Winter"]


def test_a_cell_over_columns_in_the_older_form() -> None:
    wide = row(cell("Quay"), cell("50", '<w:hMerge w:val="restart"/>'), cell("", "<w:hMerge/>"))
    ((text, block),) = rows(HEADER + wide)[1:]
    assert text == "Quay\t50"
    assert len(block.cells) == 2


def test_rows_below_a_merged_cell_keep_its_name() -> None:
    first = row(cell("Quay", '<w:vMerge w:val="restart"/>'), cell("50"), cell("20"))
    second = row(cell("", "<w:vMerge/>"), cell("55"), cell("25"))
    block = rows(HEADER + first + second)[2][1]
    assert {it.row_header for it in block.cells} == {"Quay"}


def is_header(content: str, properties: str) -> bool:
    return all(it.is_header for it in rows(content, properties)[0][1].cells)


LOOK = '<w:tblLook w:val="04A0"/>'
PAIRS = row(cell("Owner"), cell("Harbour office")) + row(cell("Place"), cell("Dock four"))
NAMES = row(cell("Berth"), cell("Keeper"), cell("Key")) + row(cell("Quay"), cell("Ms Lund"), cell("red"))


@pytest.mark.parametrize(
    ("content", "properties", "expected"),
    [
        (PAIRS, f'<w:tblStyle w:val="Rich"/>{LOOK}', True),
        (PAIRS, '<w:tblStyle w:val="Rich"/><w:tblLook w:firstRow="0"/>', False),
        (PAIRS, f'<w:tblStyle w:val="Plain"/>{LOOK}', False),
        (NAMES, LOOK, True),
        (NAMES.replace("Key<", "Key 4<"), LOOK, False),
        (NAMES, '<w:tblLook w:val="zzzz"/>', False),
    ],
)
def test_the_first_row_is_a_header_where_it_looks_like_one(
    content: str, properties: str, expected: bool
) -> None:
    assert is_header(content, properties) is expected


def test_bold_by_style_is_bold() -> None:
    body = paragraph("Berth", '<w:pStyle w:val="Head"/>')
    document = parse(docx(body, {"styles.xml": STYLES}), "file.docx")
    assert [(it.start, it.end, it.kind) for it in document.styles] == [(0, 5, "strong")]
