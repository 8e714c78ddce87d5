"""Headers and footers of Word documents."""

import pytest

from apps.knowledge.parsing.parse import parse
from apps.knowledge.tests.parsing_files import docx, paragraph, part, table, word_field, word_run


def section(*references: str, more: str = "") -> str:
    """The names are those of parts, with the type that the pages need: header1:first."""
    found = (reference.split(":") for reference in references)
    items = "".join(
        f'<w:{name.rstrip("0123456789")}Reference w:type="{kind}" r:id="{name}"/>' for name, kind in found
    )
    return f"<w:sectPr>{items}{more}</w:sectPr>"


def text(body: str, **parts: str) -> str:
    files = {
        f"{name}.xml": part({"h": "hdr", "f": "ftr", "s": "settings"}[name[0]], content)
        for name, content in parts.items()
    }
    return parse(docx(body, files), "file.docx").text


def page(before: str, after: str = "", code: str = "PAGE") -> str:
    return f"<w:p>{word_run(before)}{word_field(code, word_run('8'))}{word_run(after)}</w:p>"


def test_headers_and_footers_come_first_and_once() -> None:
    first = f"<w:p><w:pPr>{section('header1:default', 'footer1:default')}</w:pPr>{word_run('One.')}</w:p>"
    second = paragraph("Two.") + section("header2:default", "footer1:default")
    found = text(
        first + second,
        header1=paragraph("Form K-9, issue 4"),
        header2=paragraph("Form K-9, issue 4") + paragraph("Annex"),
        footer1=paragraph("Kept by the harbour office"),
    )
    assert found == "Form K-9, issue 4\n\nAnnex\n\nKept by the harbour office\n\nOne.\n\nTwo."


def test_only_headers_that_pages_show_are_text() -> None:
    references = ("header1:first", "header2:even", "header3:default")
    parts = {f"header{number}": paragraph(f"{number}.") for number in (1, 2, 3)}
    body = paragraph("Text")
    assert text(body + section(*references), **parts) == "3.\n\nText"
    shown = body + section(*references, more="<w:titlePg/>")
    assert text(shown, settings="<w:evenAndOddHeaders/>", **parts) == "1.\n\n3.\n\n2.\n\nText"


@pytest.mark.parametrize(
    ("footer", "expected"),
    [
        (page("Page ", ""), "Text"),
        (page("Form K-9, issue 4 – Seite "), "Form K-9, issue 4\n\nText"),
        (page("Issue 4 (p. ", ")"), "Issue 4\n\nText"),
        (page("", " | Harbour office"), "Harbour office\n\nText"),
        (page("Owner: harbour office. "), "Owner: harbour office.\n\nText"),
        (page("第", "页"), "Text"),
        (page("Dock 5 ", " Pier 6"), "Dock 5 Pier 6\n\nText"),
        (page("Pages: ", code="= 2 + 3"), "Pages: 8\n\nText"),
    ],
)
def test_page_numbers_go_with_the_words_beside_them(footer: str, expected: str) -> None:
    assert text(paragraph("Text") + section("footer1:default"), footer1=footer) == expected


def test_a_page_of_so_many_pages() -> None:
    runs = f"{word_run('Page ')}{word_field('PAGE', word_run('3'))}{word_run(' of ')}"
    total = f'<w:fldSimple w:instr=" NUMPAGES ">{word_run("7")}</w:fldSimple>'
    cells = table([["Form K-9", "here"]]).replace(paragraph("here"), f"<w:p>{runs}{total}</w:p>")
    assert text(paragraph("Text") + section("header1:default"), header1=cells) == "Form K-9\t\n\nText"


def test_a_formula_over_a_page_number_is_one() -> None:
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    middle = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    code = f"<w:r><w:instrText> = </w:instrText></w:r>{word_field('NUMPAGES', word_run('9'))}"
    footer = f"<w:p>{word_run('Page ')}{begin}{code}{middle}{word_run('8')}{end}</w:p>"
    assert text(paragraph("Text") + section("footer1:default"), footer1=footer) == "Text"
