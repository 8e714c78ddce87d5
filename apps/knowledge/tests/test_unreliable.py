"""Text that may differ from what a reader sees: characters that fonts do not name, and letters that make no words."""

from __future__ import annotations

import pytest

from apps.knowledge.documents.page_starts import Pages
from apps.knowledge.documents.parsed_document import BlockKind, ParsedDocument, Range
from apps.knowledge.parsing.parse import parse
from apps.knowledge.parsing.unreliable import MOST_RANGES, is_garbage, with_unreliable
from apps.knowledge.tests.parsing_files import docx, pdf, pdf_text, word_run

# The names of these glyphs say nothing: "B" and "C" of this font are any characters.
NAMELESS = (
    "/F3 << /Type /Font /Subtype /Type1 /BaseFont /ABCDEF+Own /FirstChar 66 /LastChar 67 /Widths [600 600] "
    "/Encoding << /Type /Encoding /Differences [66 /g31 /g32] >> >>"
)
ENGLISH = (
    "The harbour master keeps the keys of every boathouse along the northern quay and lends them to members who "
    "have signed the register. Whoever takes a boat out after sunset must carry two lamps and tell the watchman "
    "when they expect to come back, because the lock closes at midnight and opens only with the morning tide. "
    "Nobody may leave nets drying upon the slipway while the ferry is loading passengers or goods."
)
CZECH = (
    "Strýc Vlk vstoupil čtvrtkem skrz krb, prst vstrčil do hrsti písku a čtvrt hodiny mlčky zíral na stůl. Potom "
    "vyprávěl dětem příběh o staré loďce, která každou zimu zamrzla uprostřed jezera, a nikdo nevěděl proč. Ráno "
    "všichni odešli pracovat na pole, protože slunce svítilo a vítr konečně přestal foukat přes kopce a lesy."
)
CODE = "int main void return printf struct ctrl mkdir chmod exit strcpy stdin grep tmp " * 6


def unreliable(document: ParsedDocument) -> list[str]:
    return [document.text[start:end] for start, end in document.unreliable]


def shifted(text: str, by: int = 3) -> str:
    """Each letter replaced by a later one, as where a file maps glyphs to the wrong codes."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    turned = letters[by:] + letters[:by]
    return text.translate(str.maketrans(letters + letters.upper(), turned + turned.upper()))


def test_a_character_without_meaning_is_marked_and_only_it() -> None:
    first = "BT /F1 12 Tf 72 700 Td (Open the valve by ) Tj /F3 12 Tf (BC) Tj /F1 12 Tf ( turns.) Tj ET "
    page = first + pdf_text([(12, 72, 640, "Close it slowly afterwards.")])
    document = parse(pdf([page], fonts=NAMELESS), "a.pdf")
    assert document.text == "Open the valve by \ufffd\ufffd turns.\n\nClose it slowly afterwards."
    assert unreliable(document) == ["\ufffd\ufffd"]


def test_a_page_of_such_characters_is_unreliable_as_a_whole() -> None:
    readable = pdf_text([(12, 72, 700, "The gate opens at nine.")])
    nameless = pdf_text([(12, 72, 700, "BCCB CBC BBC CCB")], font="F3")
    document = parse(pdf([readable, nameless], fonts=NAMELESS), "a.pdf")
    assert [document.text[start:end] for start, end in document.unreliable] == ["BCCB CBC BBC CCB"]


def test_a_bullet_without_meaning_is_a_bullet() -> None:
    names = enumerate(("A coil of rope", "A lamp with oil"))
    lines = [f"BT /F3 12 Tf 72 {700 - 20 * at} Td (BC) Tj /F1 12 Tf (  {name}) Tj ET" for at, name in names]
    document = parse(pdf([" ".join(lines)], fonts=NAMELESS), "a.pdf")
    assert [block.kind for block in document.blocks] == [BlockKind.LIST_ITEM] * 2
    assert (document.text, document.unreliable) == ("A coil of rope\nA lamp with oil", ())


@pytest.mark.parametrize("text", [ENGLISH, ENGLISH.upper(), CZECH, CODE, "", "0x7f3a " * 200])
def test_readable_text_is_no_garbage(text: str) -> None:
    assert not is_garbage(text)


@pytest.mark.parametrize("by", [1, 3, 7, 25])
def test_words_of_wrong_letters_are_garbage(by: int) -> None:
    assert is_garbage(shifted(ENGLISH, by))


def test_a_page_of_wrong_letters_is_unreliable() -> None:
    def page(text: str) -> str:
        words = text.split()
        rows = [" ".join(words[at : at + 9]) for at in range(0, len(words), 9)]
        return pdf_text([(12, 72, 700 - 14 * at, row) for at, row in enumerate(rows)])

    document = parse(pdf([page(ENGLISH), page(shifted(ENGLISH))]), "a.pdf")
    assert unreliable(document) == [shifted(ENGLISH)]


def test_a_symbol_of_an_unknown_font_in_word_is_marked() -> None:
    symbol = '<w:r><w:sym w:font="Nobody" w:char="F0FC"/></w:r>'
    body = f"<w:p>{word_run('Wear gloves ')}{symbol}{word_run(' here.')}</w:p>"
    assert unreliable(parse(docx(body), "a.docx")) == ["\ufffd"]


def test_text_files_are_what_they_are() -> None:
    assert parse("Broken \ufffd sign and an icon \ue001".encode(), "a.md").unreliable == ()


def test_ranges_are_few_and_cover_all_marks() -> None:
    document = parse(b"word", "a.txt")
    marks = "\ufffd " * (MOST_RANGES + 50)
    found = with_unreliable(ParsedDocument(marks, "", document.blocks, "")).unreliable
    assert (len(found), found[0], found[-1].end) == (MOST_RANGES, Range(0, 1), len(marks) - 1)


def test_a_passage_has_the_ranges_that_overlap_it() -> None:
    pages = Pages(unreliable=(Range(0, 5), Range(10, 11), Range(20, 30)))
    assert pages.within(5, 10).unreliable == ()
    assert pages.within(4, 11).unreliable == (Range(0, 5), Range(10, 11))
    assert pages.within(25, 26).unreliable == (Range(20, 30),)
