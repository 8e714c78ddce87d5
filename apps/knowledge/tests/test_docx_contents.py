"""Tables of contents in Word documents are no text; lines that only look like entries are."""

import pytest

from apps.knowledge.parsing.parse import parse
from apps.knowledge.tests.parsing_files import docx, paragraph, part, word_field, word_run

STYLES = part(
    "styles",
    '<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="V1"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:styleId="VH"><w:name w:val="TOC Heading"/></w:style>'
    '<w:style w:styleId="AV"><w:name w:val="table of figures"/></w:style>',
)
BODY = "".join(
    paragraph(title, '<w:pStyle w:val="H1"/>') + paragraph(f"{title} are described here.")
    for title in ("Ropes", "Knots")
)
TEXT = "Ropes\n\nRopes are described here.\n\nKnots\n\nKnots are described here."


def text(body: str) -> str:
    return parse(docx(body, {"styles.xml": STYLES}), "file.docx").text


def entry(title: str, page: str, properties: str = "", link: bool = False) -> str:
    runs = f"{word_run(title)}<w:r><w:tab/></w:r>{word_field('PAGEREF _X', word_run(page))}"
    content = f'<w:hyperlink w:anchor="_X">{runs}</w:hyperlink>' if link else runs
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def styled(style: str) -> str:
    return f'<w:pStyle w:val="{style}"/>'


def test_a_field_may_hold_the_table() -> None:
    mark = '<w:fldChar w:fldCharType="{}"/>'.format
    code = f"{mark('begin')}<w:instrText>TOC \\o</w:instrText>{mark('separate')}"
    begin = f"<w:p><w:r>{code}</w:r>{word_run('Ropes 1')}</w:p>"
    end = f"<w:p>{word_run('Knots 2')}<w:r>{mark('end')}</w:r></w:p>"
    assert text(paragraph("In this book", styled("VH")) + begin + end + BODY) == TEXT


@pytest.mark.parametrize("field", ["INDEX", "TOC \\c &quot;Figure&quot;"])
def test_an_index_and_a_list_of_figures_are_tables_too(field: str) -> None:
    assert text(f"<w:p>{word_field(field, word_run('rope, 3, 7'))}</w:p>{BODY}") == TEXT
    assert (
        text(f'<w:p><w:fldSimple w:instr="{field}">{word_run("rope, 3")}</w:fldSimple></w:p>{BODY}') == TEXT
    )


@pytest.mark.parametrize("style", ["V1", "AV", "TOC2"])
def test_entries_have_styles(style: str) -> None:
    assert text(paragraph("Ropes 1", styled(style)) + BODY) == TEXT


def test_a_gallery_holds_a_title_and_entries_and_its_other_text_is_kept() -> None:
    gallery = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    content = paragraph("Overview") + entry("Ropes", "1") + entry("Knots", "2") + paragraph("Printed in May.")
    assert (
        text(f"<w:sdt>{gallery}<w:sdtContent>{content}</w:sdtContent></w:sdt>{BODY}")
        == f"Printed in May.\n\n{TEXT}"
    )


def test_links_with_page_numbers_are_entries() -> None:
    assert text(entry("Ropes", "1", link=True) + BODY) == TEXT


def test_typed_lines_that_repeat_headings_are_entries() -> None:
    typed = paragraph("Ropes ........ 1") + paragraph("Knots …… 2")
    assert text(typed + BODY) == TEXT


def test_prices_with_dots_are_text() -> None:
    prices = paragraph("Tea ........ 3") + paragraph("Cake ........ 5")
    assert text(prices + BODY) == f"Tea ........ 3\n\nCake ........ 5\n\n{TEXT}"


def test_a_heading_that_only_looks_like_the_title_of_a_table_stays() -> None:
    assert text(paragraph("Preface", styled("VH")) + BODY) == f"Preface\n\n{TEXT}"
