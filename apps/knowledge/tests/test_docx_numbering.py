"""Labels of numbered paragraphs, counted as Word counts them."""

import pytest

from apps.knowledge.documents.parsed_document import BlockKind
from apps.knowledge.parsing.docx_number_formats import formatted
from apps.knowledge.parsing.parse import parse
from apps.knowledge.tests.parsing_files import docx, paragraph, part


def level(depth: int, style: str, text: str, more: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{style}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*levels: str, lists: str = "") -> dict[str, str]:
    """List 1 with the given levels."""
    abstract = f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>'
    own = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    return {"numbering.xml": part("numbering", abstract + own + lists)}


def item(text: str, depth: int = 0, number: int = 1) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


def lines(body: str, parts: dict[str, str]) -> list[str]:
    document = parse(docx(body, parts), "file.docx")
    return [document.text[it.start : it.end] for it in document.blocks]


CLAUSES = (level(0, "decimal", "%1"), level(1, "decimal", "%1.%2"), level(2, "lowerLetter", "(%3)"))


def test_clauses_have_the_numbers_of_all_their_levels() -> None:
    body = item("Rent", 0) + item("Monthly", 1) + item("By bank", 2) + item("In cash", 2) + item("Yearly", 1)
    assert lines(body + item("Repairs", 0) + item("Small ones", 1), numbering(*CLAUSES)) == [
        "1 Rent",
        "1.1 Monthly",
        "(a) By bank",
        "(b) In cash",
        "1.2 Yearly",
        "2 Repairs",
        "2.1 Small ones",
    ]


def test_the_label_is_counted_in_its_block() -> None:
    document = parse(docx(item("Rent") + item("Monthly", 1), numbering(*CLAUSES)), "file.docx")
    assert [(it.kind, it.level, it.label) for it in document.blocks] == [
        (BlockKind.LIST_ITEM, 1, 2),
        (BlockKind.LIST_ITEM, 2, 4),
    ]


def test_headings_are_numbered_by_their_styles() -> None:
    styles = part(
        "styles",
        '<w:style w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="H2"><w:name w:val="heading 2"/><w:basedOn w:val="H1"/></w:style>'
        '<w:style w:styleId="Off"><w:name w:val="heading 1"/><w:basedOn w:val="H1"/>'
        '<w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr></w:style>',
    )
    levels = (
        level(0, "upperRoman", "Part %1", '<w:pStyle w:val="H1"/>'),
        level(1, "decimal", "§ %2", '<w:pStyle w:val="H2"/>'),
    )
    body = "".join(
        paragraph(text, f'<w:pStyle w:val="{style}"/>')
        for text, style in (
            ("Fees", "H1"),
            ("Due dates", "H2"),
            ("Delay", "H2"),
            ("Notes", "Off"),
            ("Term", "H1"),
        )
    )
    parts = {**numbering(*levels), "styles.xml": styles}
    assert lines(body, parts) == ["Part I Fees", "§ 1 Due dates", "§ 2 Delay", "Notes", "Part II Term"]
    assert {it.kind for it in parse(docx(body, parts), "file.docx").blocks} == {BlockKind.HEADING}


def test_lists_of_one_definition_go_on_until_one_restarts() -> None:
    lists = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/>'
        "</w:lvlOverride></w:num>"
    )
    body = item("a") + item("b", number=2) + item("c", number=3) + item("d", number=3)
    assert lines(body, numbering(level(0, "decimal", "%1."), lists=lists)) == ["1. a", "2. b", "5. c", "6. d"]


def test_a_list_may_replace_a_level() -> None:
    lists = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        f"{level(0, 'upperLetter', '%1)')}</w:lvlOverride></w:num>"
    )
    assert lines(item("a", number=2), numbering(level(0, "decimal", "%1."), lists=lists)) == ["A) a"]


def test_levels_restart_as_they_say() -> None:
    never = level(1, "decimal", "%2)", '<w:lvlRestart w:val="0"/>')
    body = item("a") + item("b", 1) + item("c") + item("d", 1)
    assert lines(body, numbering(level(0, "decimal", "%1."), never)) == ["1. a", "1) b", "2. c", "2) d"]
    after_first = level(2, "decimal", "%3)", '<w:lvlRestart w:val="1"/>')
    body = item("a") + item("b", 1) + item("c", 2) + item("d", 1) + item("e", 2) + item("f") + item("g", 2)
    found = lines(body, numbering(level(0, "decimal", "%1."), level(1, "bullet", "•"), after_first))
    assert found == ["1. a", "b", "1) c", "d", "2) e", "2. f", "1) g"]


def test_legal_numbers_are_digits_at_all_levels() -> None:
    legal = level(1, "lowerLetter", "%1.%2", "<w:isLgl/>")
    assert lines(item("a") + item("b", 1), numbering(level(0, "upperRoman", "%1"), legal)) == ["I a", "1.1 b"]


def test_a_level_that_was_left_out_counts_as_begun() -> None:
    assert lines(item("a", 1) + item("b", 0), numbering(*CLAUSES)) == ["1.1 a", "2 b"]


def test_bullets_hidden_labels_and_lists_without_a_definition_have_no_text() -> None:
    levels = (
        level(0, "bullet", "\uf0b7"),
        level(1, "decimal", "%2.", "<w:rPr><w:vanish/></w:rPr>"),
        level(2, "decimal", "—"),
        level(3, "none", ""),
    )
    body = "".join(item(text, depth) for depth, text in enumerate("abcd")) + item("e", number=9)
    assert lines(body, numbering(*levels)) == ["a", "b", "c", "d", "e"]


def test_a_definition_may_stand_in_a_style() -> None:
    styles = part(
        "styles",
        '<w:style w:type="numbering" w:styleId="House"><w:pPr><w:numPr>'
        '<w:numId w:val="7"/></w:numPr></w:pPr></w:style>',
    )
    linked = (
        '<w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="House"/></w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="4"><w:styleLink w:val="House"/>{level(0, "ordinal", "%1")}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="7"><w:abstractNumId w:val="4"/></w:num>'
    )
    parts = {"numbering.xml": part("numbering", linked), "styles.xml": styles}
    assert lines(item("floor") + item("floor"), parts) == ["1st floor", "2nd floor"]


def test_deleted_and_hidden_items_are_not_counted() -> None:
    list_item = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    deleted = (
        f"<w:p><w:pPr>{list_item}<w:rPr><w:del/></w:rPr></w:pPr>"
        "<w:del><w:r><w:delText>x</w:delText></w:r></w:del></w:p>"
    )
    hidden = paragraph("y", f"{list_item}<w:rPr><w:vanish/></w:rPr>").replace(
        "<w:r>", "<w:r><w:rPr><w:vanish/></w:rPr>"
    )
    body = item("a") + deleted + hidden + item("") + item("b")
    assert lines(body, numbering(level(0, "decimal", "%1."))) == ["1. a", "3. b"]


def test_numbers_in_cells_are_text() -> None:
    rows = "".join(
        f"<w:tr><w:tc>{item('')}</w:tc><w:tc>{paragraph(name)}</w:tc></w:tr>" for name in ("Mop", "Pail")
    )
    assert lines(f"<w:tbl>{rows}</w:tbl>", numbering(level(0, "decimal", "%1."))) == ["1.\tMop", "2.\tPail"]


@pytest.mark.parametrize(
    ("number", "style", "expected"),
    [
        (4, "upperRoman", "IV"),
        (28, "lowerLetter", "bb"),
        (781, "lowerLetter", "781"),
        (7, "decimalZero", "07"),
        (11, "ordinal", "11th"),
        (22, "ordinal", "22nd"),
        (21, "cardinalText", "Twenty-one"),
        (20, "ordinalText", "Twentieth"),
        (42, "ordinalText", "Forty-second"),
        (3, "chicago", "‡"),
        (3, "decimalEnclosedCircle", "③"),
        (21, "decimalEnclosedCircle", "21"),
        (12, "chineseCounting", "十二"),
        (105, "chineseCounting", "一百〇五"),
        (105, "japaneseCounting", "百五"),
        (20, "koreanCounting", "이십"),
        (2, "ganada", "나"),
        (10, "thaiNumbers", "๑๐"),
        (3, "unheard-of", "3"),
    ],
)
def test_formats(number: int, style: str, expected: str) -> None:
    assert formatted(number, style) == expected


def test_a_format_of_ones_own() -> None:
    assert formatted(7, "custom", "001, 002, 003, ...") == "007"
