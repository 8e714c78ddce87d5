"""PDF: tables, columns, notes, raised digits, contents lists, and text that goes on across pages."""

import pytest

from apps.knowledge.documents.parsed_document import BlockKind, ParsedDocument
from apps.knowledge.parsing.parse import parse
from apps.knowledge.parsing.pdf_right_to_left import in_order
from apps.knowledge.tests.parsing_files import pdf, pdf_rule, pdf_text

Placed = tuple[float, float, float, str]
FILLER = "The gate keeper writes every visit into the book beside the door"


def read(*pages: str, catalog: str = "") -> ParsedDocument:
    return parse(pdf(list(pages), catalog=catalog), "file.pdf")


def texts(document: ParsedDocument, *kinds: BlockKind) -> list[str]:
    return [document.text[it.start : it.end] for it in document.blocks if not kinds or it.kind in kinds]


def rows(document: ParsedDocument) -> list[str]:
    return texts(document, BlockKind.TABLE_ROW)


def paragraph(top: float, *lines: str, left: float = 72.0) -> list[Placed]:
    return [(11.0, left, top - 13 * at, line) for at, line in enumerate(lines)]


def shifted(text: str, points: int) -> str:
    """Smaller digits above or below the line, in the content of a text object."""
    return f"/F1 7 Tf {points} Ts ({text}) Tj 0 Ts /F1 11 Tf"


def test_raised_and_lowered_digits_join_no_number() -> None:
    page = (
        f"BT /F1 11 Tf 72 700 Td (The pond holds 480) Tj {shifted('3', 4)} ( litres and 10) Tj {shifted('-6', 4)} "
        f"( grams of CO) Tj {shifted('2', -3)} ( are left on the 9) Tj {shifted('th', 4)} ( day.) Tj ET"
    )
    assert read(page).text == "The pond holds 480³ litres and 10⁻⁶ grams of CO₂ are left on the 9th day."


def test_a_note_stands_after_the_paragraph_that_refers_to_it_and_its_mark_is_no_text() -> None:
    page = [
        *[
            (11.0, 72.0, 700.0, "Dogs stay outside"),
            (6.0, 158.0, 704.0, "1"),
            (11.0, 165.0, 700.0, "at night."),
        ],
        *paragraph(660, FILLER + " and the", "watch reads it."),
        *[(8.0, 72.0, 90.0, "1 Guide dogs are let in"), (8.0, 72.0, 80.0, "by the side door.")],
    ]
    assert texts(read(pdf_text(page))) == [
        "Dogs stay outside at night.",
        "Guide dogs are let in by the side door.",
        FILLER + " and the watch reads it.",
    ]


def test_rows_of_a_ruled_table_keep_wrapped_lines_in_their_cells() -> None:
    table: list[Placed] = [
        *[(10.0, 80.0, 700.0, "Bridge"), (10.0, 200.0, 700.0, "Opens"), (10.0, 330.0, 700.0, "Toll")],
        *[(10.0, 80.0, 680.0, "Upper Lock"), (10.0, 80.0, 668.0, "Bridge"), (10.0, 200.0, 680.0, "05:30")],
        *[(10.0, 330.0, 680.0, "four coins"), (10.0, 330.0, 668.0, "a boat")],
        *[(10.0, 80.0, 648.0, "Mill Bridge"), (10.0, 200.0, 648.0, "07:45"), (10.0, 330.0, 648.0, "none")],
    ]
    rules = "".join(pdf_rule(75, y, 420, y) for y in (712, 693, 661, 641))
    rules += "".join(pdf_rule(x, 641, x, 712) for x in (75, 190, 320, 420))
    document = read(pdf_text(table) + rules)
    assert rows(document) == [
        "Bridge\tOpens\tToll",
        "Upper Lock Bridge\t05:30\tfour coins a boat",
        "Mill Bridge\t07:45\tnone",
    ]
    assert document.blocks[1].cells[1].column_header == "Opens"
    assert document.blocks[1].cells[1].row_header == "Upper Lock Bridge"


def test_a_drawing_of_very_many_lines_is_no_table() -> None:
    lines = "".join(pdf_rule(60, 720 - at / 10, 400, 720 - at / 10) for at in range(2_100))
    words: list[Placed] = [(10.0, 72.0, 700.0, "North"), (10.0, 200.0, 700.0, "South")]
    document = read(pdf_text(words) + lines)
    assert document.text.split() == ["North", "South"]
    assert rows(document) == []


def test_a_table_without_rules_is_read_by_its_columns() -> None:
    table = [
        (10.0, left, 700.0 - 16 * at, text)
        for at, row in enumerate(["Tent Places Price", "Small 2 11", "Large 6 29", "Barn 14 52"])
        for left, text in zip((72.0, 180.0, 260.0), row.split(), strict=True)
    ]
    document = read(pdf_text([*table, *paragraph(600, "Prices are for one night and one tent.")]))
    assert rows(document) == ["Tent\tPlaces\tPrice", "Small\t2\t11", "Large\t6\t29", "Barn\t14\t52"]
    assert [cell.column_header for cell in document.blocks[2].cells] == ["Tent", "Places", "Price"]
    assert texts(document, BlockKind.PARAGRAPH) == ["Prices are for one night and one tent."]


def test_wrapped_lines_of_a_table_without_rules_stay_in_their_row() -> None:
    table: list[Placed] = [
        *[(10.0, 72.0, 700.0, "Hut"), (10.0, 180.0, 700.0, "Key"), (10.0, 300.0, 700.0, "Beds")],
        *[(10.0, 72.0, 676.0, "High"), (10.0, 180.0, 676.0, "with the"), (10.0, 300.0, 676.0, "8, two of")],
        *[(10.0, 72.0, 664.0, "Meadow"), (10.0, 180.0, 664.0, "warden"), (10.0, 300.0, 664.0, "them short")],
        *[(10.0, 72.0, 640.0, "Lake"), (10.0, 180.0, 640.0, "in the box"), (10.0, 300.0, 640.0, "12")],
    ]
    assert rows(read(pdf_text(table)))[1:] == [
        "High Meadow\twith the warden\t8, two of them short",
        "Lake\tin the box\t12",
    ]


LEFT = [
    "The left side of the page tells",
    "how the ferry is moored when the",
    "wind comes from the open sea,",
]
RIGHT = [
    "The right side of the page tells",
    "how the passengers are counted",
    "before the ramp is lifted at last.",
]


def test_columns_that_the_file_mixes_are_read_one_after_the_other() -> None:
    mixed = [
        line
        for at, pair in enumerate(zip(LEFT * 2, RIGHT * 2, strict=True))
        for line in ((11.0, 60.0, 700.0 - 13 * at, pair[0]), (11.0, 320.0, 700.0 - 13 * at, pair[1]))
    ]
    words = read(pdf_text(mixed)).text.split()
    assert words == " ".join(LEFT * 2 + RIGHT * 2).split()


def test_a_sentence_goes_on_in_the_next_column_and_on_the_next_page() -> None:
    first = [
        *paragraph(
            700, "The store is locked at eight and the key", "is left in the box that hangs beside the"
        )
    ]
    second = [*paragraph(700, "Harbour office door.", left=330)]
    third = [*paragraph(660, "Whoever takes it out signs the list that the", left=330)]
    pages = [
        pdf_text([(9, 72, 770, "Harbour rules"), *first, *second, *third, (9, 300, 30, "Page 1")]),
        pdf_text([(9, 72, 770, "Harbour rules"), *paragraph(700, "warden keeps."), (9, 300, 30, "Page 2")]),
        pdf_text([(9, 72, 770, "Harbour rules"), *paragraph(700, "The end."), (9, 300, 30, "Page 3")]),
    ]
    document = read(*pages)
    assert texts(document) == [
        "The store is locked at eight and the key is left in the box that hangs beside the Harbour office door.",
        "Whoever takes it out signs the list that the warden keeps.",
        "The end.",
    ]
    assert [document.text[start:][:12] for start in document.pages] == [
        "The store is",
        "warden keeps",
        "The end.",
    ]


def test_a_contents_list_is_left_out_and_a_price_list_is_not() -> None:
    contents = [
        "Opening ...................... 2",
        "Closing ...................... 3",
        "Fines ........................ 5",
    ]
    prices = [
        "Coffee ...................... 3",
        "Tea ......................... 2",
        "Soup ........................ 7",
    ]
    document = read(
        pdf_text([(18, 72, 730, "Contents"), *paragraph(700, *contents)]),
        pdf_text(
            [(16, 72, 730, "Opening"), *paragraph(700, "The hall opens at six."), (16, 72, 650, "Closing")]
        ),
        pdf_text([*paragraph(700, "It closes at ten."), (16, 72, 650, "Fines"), *paragraph(600, *prices)]),
    )
    assert "Contents" not in document.text
    assert document.text.count("Opening") == document.text.count("Closing") == 1
    assert "Coffee ...................... 3" in document.text


def test_bold_lines_of_the_size_of_the_text_are_headings() -> None:
    page = pdf_text([(11, 72, 700, "Lost keys")], "F2")
    page += "\n" + pdf_text(
        [*paragraph(686, "A new key costs nine crowns and is cut", "at the desk within the hour.")]
    )
    document = read(page)
    assert texts(document, BlockKind.HEADING) == ["Lost keys"]
    assert len(texts(document, BlockKind.PARAGRAPH)) == 1


def test_a_number_at_the_start_of_a_wrapped_line_continues_the_sentence() -> None:
    lines = [
        "The old pier had room for 12 boats and after the storm of",
        "31. March it had room for 9 boats only.",
    ]
    assert texts(read(pdf_text(paragraph(700, *lines)))) == [" ".join(lines)]


def test_numbered_items_begin_with_their_label() -> None:
    lines = [
        "1. Close the valve.",
        "2. Wait until the water is still and the",
        "gauge shows 4.",
        "3. Open the valve.",
    ]
    document = read(pdf_text(paragraph(700, *lines)))
    assert texts(document, BlockKind.LIST_ITEM) == [lines[0], f"{lines[1]} {lines[2]}", lines[3]]
    assert {block.label for block in document.blocks} == {3}


def test_what_a_browser_prints_at_the_edges_is_left_out() -> None:
    page = [
        *[(8.0, 30.0, 770.0, "3/14/27, 9:05 PM"), (8.0, 380.0, 770.0, "Boat rules")],
        *paragraph(700, FILLER + ".", "It is kept for a year."),
        *[(8.0, 30.0, 20.0, "https://example.org/boats"), (8.0, 570.0, 20.0, "1/1")],
    ]
    document = parse(pdf([pdf_text(page)], title=b"Boat rules"), "file.pdf")
    assert document.text == FILLER + ". It is kept for a year."


def test_printed_labels_of_pages_are_kept_where_they_differ_from_the_sheets() -> None:
    roman = "/PageLabels << /Nums [0 << /S /r >> 2 << /S /D >>] >>"
    pages = [pdf_text(paragraph(700, f"Text of sheet {number}.")) for number in range(4)]
    assert read(*pages, catalog=roman).page_labels == ("i", "ii", "1", "2")
    assert read(*pages, catalog="/PageLabels << /Nums [0 << /S /D >>] >>").page_labels == ()
    assert read(*pages).page_labels == ()


def test_text_that_runs_upwards_is_read_as_words() -> None:
    turned = "\nBT /F1 11 Tf 0 1 -1 0 40 200 Tm (Copies are kept for nine years) Tj ET"
    document = read(pdf_text(paragraph(700, FILLER + ".")) + turned)
    assert texts(document) == [FILLER + ".", "Copies are kept for nine years"]


@pytest.mark.parametrize(
    ("word", "lefts", "ordered"),
    [
        ("نكامألا", [0, 6, 9, 11, 17, 17, 23], "الأماكن"),  # reversed with its ligature
        ("سلام", [30, 24, 24, 18], "سلام"),
    ],
)
def test_letters_of_arabic_words_are_put_in_order(word: str, lefts: list[int], ordered: str) -> None:
    boxes = [(left, 0.0, left + (6.0 if lefts.count(left) > 1 else 3.0), 10.0) for left in lefts]
    assert in_order(word, boxes) == ordered
