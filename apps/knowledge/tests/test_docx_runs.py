"""What is text in a Word paragraph, and what is not."""

import pytest

from apps.knowledge.parsing.parse import parse
from apps.knowledge.tests.parsing_files import docx, paragraph, part, table, word_field, word_run, word_runs

UP, DOWN = '<w:vertAlign w:val="superscript"/>', '<w:vertAlign w:val="subscript"/>'
STYLES = part(
    "styles",
    '<w:style w:type="character" w:styleId="Gone"><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Up"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>',
)
DELETED_END = "<w:rPr><w:del/></w:rPr>"


def text(body: str, parts: dict[str, str] | None = None) -> str:
    return parse(docx(body, {"styles.xml": STYLES, **(parts or {})}), "file.docx").text


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (["A field of 40 m", ("2", UP)], "A field of 40 m²"),
        (["5 x 10", ("−", f"<w:b/>{UP}"), ("3", UP), " g"], "5 x 10⁻³ g"),
        (["H", ("2", DOWN), "O"], "H₂O"),
        (["the 3", ("rd", UP), " floor"], "the 3rd floor"),
        (["19", ("2.5", UP), " a"], "19^(2.5) a"),
        (["27", (" 1 ", UP), "seats"], "27 ¹ seats"),
        (["64", ("8", '<w:position w:val="8"/><w:sz w:val="14"/>'), " Hz"], "64⁸ Hz"),
        (["64", ("8", '<w:position w:val="1"/>'), " Hz"], "648 Hz"),
        (["12", ("4", '<w:rStyle w:val="Up"/>')], "12⁴"),
        (["12", ("4", '<w:rStyle w:val="Up"/><w:vertAlign w:val="baseline"/>')], "124"),
    ],
)
def test_raised_and_lowered_digits_join_no_number(runs: list[tuple[str, str] | str], expected: str) -> None:
    assert text(word_runs(*runs)) == expected


@pytest.mark.parametrize("look", ["<w:strike/>", "<w:dstrike/>", "<w:vanish/>", '<w:rStyle w:val="Gone"/>'])
def test_struck_out_and_hidden_words_are_no_text(look: str) -> None:
    assert text(word_runs("Parking costs ", ("3 francs", look), "4 francs")) == "Parking costs 4 francs"


def test_a_property_that_is_off_hides_nothing() -> None:
    assert text(word_runs(("4 francs", '<w:rStyle w:val="Gone"/><w:strike w:val="0"/>'))) == "4 francs"


def test_paragraphs_in_a_hidden_style_are_no_text() -> None:
    assert text(paragraph("draft", '<w:pStyle w:val="Secret"/>') + paragraph("final")) == "final"


def test_a_paragraph_whose_end_was_deleted_goes_on() -> None:
    body = paragraph("Keys are kept ", DELETED_END) + paragraph("for two days.") + table([["a", "b"]])
    assert text(body) == "Keys are kept for two days.\n\na\tb"
    assert text(paragraph("Keys", DELETED_END) + table([["a", "b"]])) == "Keys\n\na\tb"


def test_a_drop_cap_belongs_to_its_word() -> None:
    assert text(paragraph("T", '<w:framePr w:dropCap="drop"/>') + paragraph("enants pay.")) == "Tenants pay."


def test_deleted_moved_and_hidden_rows_are_no_text() -> None:
    row = "<w:tr><w:trPr>{}</w:trPr><w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc><w:tc/></w:tr>".format
    rows = row("<w:del/>", "old") + row("<w:hidden/>", "hidden") + row("<w:ins/>", "new") + row("", "kept")
    moved = f"<w:moveFrom>{paragraph('away')}</w:moveFrom><w:moveTo>{paragraph('here')}</w:moveTo>"
    assert text(f"<w:tbl>{rows}</w:tbl>{moved}") == "new\t\nkept\t\n\nhere"


def test_results_of_fields_are_text_and_their_code_is_not() -> None:
    inner = word_field("DOCPROPERTY Rate", word_run("7 %"))
    page = word_field("PAGE", word_run("12"))
    body = f"{word_run('Rate: ')}{word_field('IF 1 = 1', inner)}{word_run(', page ')}{page}"
    assert text(f"<w:p>{body}</w:p>") == "Rate: 7 %, page"


def test_a_field_without_an_end_hides_nothing() -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    assert (
        text(f"<w:p>{begin}{word_run('still here')}</w:p>{paragraph('and here')}") == "still here\n\nand here"
    )


def test_a_field_whose_beginning_was_deleted_closes_no_other_one() -> None:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    deleted = f"<w:del>{mark('begin')}</w:del>{mark('separate')}{mark('end')}"
    body = (
        f"<w:p>{word_field('QUOTE', word_run('one ') + deleted + word_run('two'))}{word_run(' three')}</w:p>"
    )
    assert text(body) == "one two three"


def test_links_are_written_as_fields_too() -> None:
    link = word_field("HYPERLINK &quot;https://example.org/a&quot;", word_run("the list"))
    document = parse(docx(f"<w:p>{link}{word_run('.')}</w:p>"), "file.docx")
    assert [(document.text[it.start : it.end], it.target) for it in document.links] == [
        ("the list", "https://example.org/a")
    ]


def test_form_fields_show_their_values() -> None:
    form = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{}</w:ffData></w:fldChar></w:r>'.format
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    box = form('<w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox>')
    choice = form(
        '<w:ddList><w:result w:val="1"/><w:listEntry w:val="north"/><w:listEntry w:val="south"/></w:ddList>'
    )
    assert text(f"<w:p>{box}{end}{word_run(' agreed, wing ')}{choice}{end}</w:p>") == "☒ agreed, wing south"


def test_symbols_are_written_in_unicode() -> None:
    symbols = '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/><w:sym w:font="Symbol" w:char="F0B3"/></w:r>'
    unknown = '<w:r><w:sym w:font="Nobody" w:char="F0FC"/></w:r>'
    typed = word_run("\uf06d", '<w:rFonts w:ascii="Symbol"/>')
    assert text(f"<w:p>{symbols}{word_run(' 5 ')}{typed}{word_run('g ')}{unknown}</w:p>") == "✓≥ 5 μg \ufffd"


def test_tabs_hyphens_and_breaks() -> None:
    words = "<w:t>12</w:t><w:tab/><w:t>30 co</w:t><w:softHyphen/><w:t>op\u00ad</w:t>"
    words += "<w:noBreakHyphen/><w:br/><w:t>4</w:t>"
    assert text(f"<w:p><w:r>{words}</w:r></w:p>") == "12 30 coop\u2011\n4"


def test_pronunciation_follows_its_characters() -> None:
    ruby = f"<w:rt>{word_run('とうきょう')}</w:rt><w:rubyBase>{word_run('東京')}</w:rubyBase>"
    assert text(f"<w:p><w:r><w:ruby>{ruby}</w:ruby></w:r>{word_run('都')}</w:p>") == "東京(とうきょう)都"


def test_hidden_drawings_are_no_text() -> None:
    def drawing(name: str, words: str) -> str:
        box = f"<w:docPr {name}/><w:txbxContent>{paragraph(words)}</w:txbxContent>"
        return f"<w:r><w:drawing><w:anchor>{box}</w:anchor></w:drawing></w:r>"

    shown, hidden = drawing("", "exit left"), drawing('hidden="1"', "old")
    body = f"<w:p>{word_run('Plan')}{shown}{hidden}</w:p>"
    assert text(body) == "Plan\n\nexit left"


M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def run(content: str) -> str:
    return f"<m:r><m:t>{content}</m:t></m:r>"


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        (f"{run('2')}<m:f><m:num>{run('1')}</m:num><m:den>{run('2')}</m:den></m:f>", "take 2 1/2 cups"),
        (f"<m:sSup><m:e>{run('10')}</m:e><m:sup>{run('6')}</m:sup></m:sSup>", "take 10⁶ cups"),
        (f"<m:sSup><m:e>{run('2')}</m:e><m:sup>{run('x')}</m:sup></m:sSup>", "take 2^x cups"),
        (f"<m:sSub><m:e>{run('v')}</m:e><m:sub>{run('0')}</m:sub></m:sSub>{run('t')}", "take v₀t cups"),
        (f"<m:rad><m:deg/><m:e>{run('16')}</m:e></m:rad>{run('4')}", "take √(16)4 cups"),
        (f"<m:d><m:e>{run('1')}</m:e><m:e>{run('2')}</m:e></m:d>", "take (1|2) cups"),
        (
            f"<m:m><m:mr><m:e>{run('1')}</m:e><m:e>{run('2')}</m:e></m:mr><m:mr><m:e>{run('3')}</m:e></m:mr></m:m>",
            "take [1 2; 3] cups",
        ),
        (f"<m:func><m:fName>{run('sin')}</m:fName><m:e>{run('x')}</m:e></m:func>", "take sin x cups"),
        (f"<m:acc><m:accPr/><m:e>{run('x')}</m:e></m:acc>", "take x\u0302 cups"),
        (
            f"<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub>{run('i=1')}</m:sub><m:sup>{run('9')}</m:sup>"
            f"<m:e>{run('5')}</m:e></m:nary>",
            "take ∑_(i=1)⁹ 5 cups",
        ),
    ],
)
def test_equations_join_no_numbers(equation: str, expected: str) -> None:
    body = f"<w:p>{word_run('take ')}<m:oMath {M}>{equation}</m:oMath>{word_run(' cups')}</w:p>"
    assert text(body) == expected


def test_numbers_beside_an_equation_stay_apart() -> None:
    body = f"<w:p>{word_run('in 7')}<m:oMath {M}>{run('3')}</m:oMath>{word_run('5 days')}</w:p>"
    assert text(body) == "in 7 3 5 days"
