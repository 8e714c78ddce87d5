"""Where the lines of a page stand in the text that was made of them."""

from __future__ import annotations

from apps.knowledge.parsing.pdf_lines import Line, Sheet
from apps.knowledge.parsing.pdf_pieces import Piece
from apps.knowledge.parsing.pdf_sheets import placed_lines

SHEET = Sheet(1, (1.0, 0.0), (0.0, -1.0), (0.0, 900.0))


def placed(written: str, *texts: str) -> list[str]:
    """The part of `written` that each of the lines with these texts stands for."""
    lines = [line(text, 800.0 - 12 * at) for at, text in enumerate(texts)]
    return [written[found.start : found.end] for found in placed_lines(written, "\n".join(texts), lines)]


def line(text: str, bottom: float) -> Line:
    made = Line.of(Piece(text, 40.0, bottom + 10, 300.0, bottom, 0, False, 0, len(text) - 1, size=10.0))
    made.sheet = SHEET
    return made


def test_lines_of_a_paragraph() -> None:
    assert placed("The pond is deep and cold.", " The pond  is", "deep and cold.") == [
        "The pond is",
        "deep and cold.",
    ]


def test_a_word_that_is_broken_at_the_end_of_a_line() -> None:
    assert placed("The gardener waters it", "The garden-", "er waters it") == ["The garden", "er waters it"]
    assert placed("A well-known name", "A well-", "known name") == ["A well", "known name"]


def test_a_line_of_hyphens_alone_has_no_place() -> None:
    assert placed("one two", "one", "--", "two") == ["one", "two"]


def test_spaces_inside_a_line_that_the_text_does_not_have() -> None:
    assert placed("a b c d", "a   b", "c\u00a0 d") == ["a b", "c d"]


def test_a_line_that_crosses_the_edges_of_the_sheet_ends_there() -> None:
    low = line("deep", -140.0)
    low.left, low.right = -20.0, 1_400.0
    (found,) = placed_lines("deep", "deep", [low])
    assert (found.left, found.top, found.right, found.bottom) == (0, 1_000, 1_000, 1_000)
