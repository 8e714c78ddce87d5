"""Rows of tables whose first row is not marked as their header."""

from __future__ import annotations

import pytest

from apps.chat.answering.pipeline import first_quote_chance
from apps.chat.answering.quoting import choose_quotes
from apps.chat.config import answer_config, decision_config
from apps.chat.tests.found import passage, retrieval
from apps.knowledge.search.results import RankedPassage

ROWS = ["Floor\tFire warden", "Ground floor\tAnna Berg", "First floor\tTom Hill", "Second floor\tMia Lund"]


def table(rows: list[str], best: int = 0, number: int = 0) -> RankedPassage:
    """Each row on a line of its own; one has the highest score."""
    made = passage(number, [(row, 0.9 if at == best else 0.3) for at, row in enumerate(rows)])
    return made._replace(text="\n".join(rows))


def quotes(question: str, *passages: RankedPassage) -> list[tuple[str, str]]:
    return [(quote.text, quote.columns) for quote in choose_quotes(passages, answer_config(), question)]


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("Who is the fire warden on the first floor?", "First floor\tTom Hill"),
        ("who is fire warden of the SECOND floor", "Second floor\tMia Lund"),
        ("Who is the fire warden on the ground floor?", "Ground floor\tAnna Berg"),
        ("Is Mia a fire warden?", "Second floor\tMia Lund"),
    ],
)
def test_the_row_that_is_asked_for_is_quoted_and_not_the_header(question: str, row: str) -> None:
    assert quotes(question, table(ROWS)) == [(row, "Floor; Fire warden")]


def test_the_row_may_be_in_another_passage() -> None:
    found = quotes("Who is the fire warden on the first floor?", table(ROWS[:2]), table(ROWS[2:], number=1))
    assert found == [("First floor\tTom Hill", "Floor; Fire warden")]


def test_if_no_row_is_asked_for_all_are_quoted_with_the_header() -> None:
    assert [text for text, _ in quotes("Who is the fire warden?", table(ROWS))] == ["\n".join(ROWS)]


def test_a_first_row_of_data_is_quoted_alone_and_is_no_header() -> None:
    rows = ["Ground floor\tAnna Berg 4411", "First floor\tTom Hill 4412", "Second floor\tMia Lund 4413"]
    assert quotes("Who is on the ground floor?", table(rows))[0] == (rows[0], "")
    assert quotes("Who is on the first floor?", table(rows)) == [(rows[1], "")]


def test_a_row_is_as_good_as_the_header_that_it_is_found_by() -> None:
    question = "Who is the fire warden on the first floor?"
    found = [choose_quotes([table(rows)], answer_config(), question) for rows in (ROWS, ROWS[2:])]
    chances = [
        first_quote_chance(chosen, retrieval(table(rows), question=question), 0.9, decision_config())
        for chosen, rows in zip(found, (ROWS, ROWS[2:]), strict=True)
    ]
    assert chances[0] >= chances[1]
