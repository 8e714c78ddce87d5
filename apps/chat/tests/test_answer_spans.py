"""Which words of a quote are marked as the answer, and when nothing is."""

from __future__ import annotations

import time

import pytest

from apps.chat.answering.answer_spans import answer_span


def marked(question: str, text: str, columns: str = "", seed: str = "") -> str | None:
    start = text.index(seed)
    span = answer_span(question, text, (start, start + len(seed or text)), columns, "Lake club")
    return text[slice(*span)] if span else None


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("When does the pier open?", "The pier opens on 3 May 2026 and is free.", "3 May 2026"),
        ("when is rent due", "Rent is due on the 3rd of each month.", "the 3rd of each month"),
        ("Since when is smoking banned?", "Smoking has been banned since 2009 in all huts.", "2009"),
        ("Wann öffnet das Museum?", "Das Museum öffnet am 3. Mai 2025.", "3. Mai 2025"),
        ("WHAT TIME DOES THE GATE CLOSE", "The gate closes at 22:30 and dogs leave.", "22:30"),
        ("How long does the ferry take?", "The ferry takes 25 minutes in calm weather.", "25 minutes"),
        ("how long is sick leave", "Sick leave lasts up to twelve weeks.", "up to twelve weeks"),
        ("Wie lange dauert die Fahrt?", "Die Fahrt dauert 40 Minuten.", "40 Minuten"),
        ("How often is the filter cleaned?", "The filter is cleaned every two weeks.", "every two weeks"),
        ("If I am late, how much does the pass cost?", "A day pass costs €12.50 at the gate.", "€12.50"),
        ("What is the fee for a berth?", "The berth fee is 1,200 crowns a year.", "1,200 crowns"),
        ("How many pegs come with the tent?", "Tent 4 of 2025 has eight steel pegs (1.2 kg).", "eight"),
        ("How much leave do I get?", "Staff get 25 days of leave a year.", "25 days"),
        ("How far is the hut?", "The hut is 4.5 km from the station.", "4.5 km"),
        ("What share of tips goes to staff?", "Staff get 80% of all tips.", "80%"),
        ("Who praised the mill?", "The Los Angeles Times praised the mill.", "Los Angeles Times"),
        ("Who founded the mill?", "Johann van der Berg founded the mill in 1820.", "Johann van der Berg"),
        ("What email do I write to about tents?", "Write to tents@example.org about tents.", "tents@example.org"),
    ],
)  # fmt: skip
def test_the_one_value_of_the_kind_that_is_asked_for(question: str, text: str, answer: str) -> None:
    assert marked(question, text) == answer


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How long does the ferry take?", "The ferry takes 25 minutes, or 40 minutes in a storm."),
        ("What happens when I lose my key?", "A lost key costs 35 crowns since 2 May 2024."),
        ("When I lose my key, what happens?", "A lost key costs 35 crowns since 2 May 2024."),
        ("Who approves travel?", "Your supervisor approves travel."),
        ("Who is Ada Holm?", "Ada Holm keeps the keys."),
        ("How long is the warranty?", "The ferry takes 25 minutes."),
        ("Why is the pier closed?", "The pier is closed since 3 May 2026."),
        ("How many pegs are there?", "The tent has 2 poles and pegs."),
        ("When was the mill built?", "The mill has 2009 visitors."),
        ("How many boats fit in the small dock?", "The large dock holds 14 boats, the small dock holds 6."),
        ("Who approves travel?", "Travel to New York is approved by the director."),
        ("When does enrollment start?", "Enrollment ends on 15 November."),
        ("How much is the parking fee?", "The parking fee is waived; a fine is $50."),
        ("How long may members row?", "Members may row 3 hours and guests 2, with a coat."),
        ("How many staff were hurt?", "12 staff are listed as missing, and 30 hurt."),
        ("How many trees were saved?", "The storm felled 5,335 trees and 546 trees were saved."),
        ("How many countries gave money?", "The fund got 83 million from 19 countries that gave money."),
        ("In what year was the tower built?", "As of 2011, it is the tallest tower built in brick."),
        ("Who repairs the tower clock?", "The tower clock is repaired, and Ada Holm keeps the keys."),
        ("Who keeps the Holm archive?", "The Holm archive is kept by Ada Holm."),
    ],
)
def test_nothing_is_marked_that_is_not_certain(question: str, text: str) -> None:
    assert marked(question, text) is None


@pytest.mark.parametrize("sign", [",", ", ", "\n", "!?", ",and", "what,", "x"])
def test_punctuation_and_long_words_take_no_time(sign: str) -> None:
    started = time.process_time()
    for size in (600, 4_000):
        run = (sign * size)[:size]
        assert marked(f"{run} how long?", "The ferry is slow.") is None
        assert marked("Which email is for tents?", f"Tents: {run}"[:4_000]) is None
    assert time.process_time() - started < 1


def test_the_sentence_that_was_found_goes_before_the_rest_of_its_quote() -> None:
    both = "The ferry takes 25 minutes. The bus takes 40 minutes."
    assert marked("How long does the bus take?", both, seed="The bus takes 40 minutes.") == "40 minutes"
    asked = "How long does the bus take? It takes 40 minutes."
    assert marked("How long is the bus?", asked, seed="How long does the bus take?") == "40 minutes"


@pytest.mark.parametrize(
    ("question", "row", "columns", "cell"),
    [
        ("How many hours does grade B get?", "B\t30\t5", "Grade; Hours; Rest", "30"),
        ("What is the rest of grade B?", "B\t30\t5", "Grade; Hours; Rest", "5"),
        ("What is grade B?", "B\t30", "Grade; Hours", "30"),
        ("What is grade B?", "B\t30\t5", "Grade; Hours; Rest", None),
        ("How much does the oar cost?", "Oar\t€49\t25", "Item; Price; Stock", "€49"),
        ("How much does the oar cost?", "Oar\t€49\t€52", "Item; Summer; Winter", None),
        ("How many hours does grade C get?", "B\t30", "Grade; Hours", None),
        ("How many hours does grade B get?", "B\t30", "Grade; Hours; Rest", None),
    ],
)
def test_the_cell_of_the_row_and_column_that_are_named(
    question: str, row: str, columns: str, cell: str | None
) -> None:
    assert marked(question, row, columns) == cell
    assert marked(question, f"A\t12\n{row}", columns, seed=row) == cell


@pytest.mark.parametrize(
    "question", ["?" * 4_000, ", " * 2_000, "\n" * 4_000, "what,number," * 330, "?and " * 800]
)
def test_long_rows_of_punctuation_take_no_time(question: str) -> None:
    began = time.process_time()
    marked(f"{question} How long does the ferry take?", "The ferry takes 25 minutes.")
    marked("What is the phone number of the ferry?", f"The ferry: {'1' * 20_000}a")
    assert time.process_time() - began < 0.5


def test_punctuation_before_a_question_is_no_obstacle() -> None:
    assert (
        marked("Hi!!! ... So: how long does the ferry take??", "The ferry takes 25 minutes.") == "25 minutes"
    )


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How long must I wait?", "You need not wait 30 days."),
        ("How many days of sick leave do I get?", "Sick leave isn't paid for the first 3 days."),
        ("When does the shop open?", "The shop does not open on Sundays."),
        ("What time does the gate close?", "The gate no longer closes at 22:00."),
        ("How long is parental leave?", "Parental leave must be requested 30 days before it starts."),
    ],
)
def test_a_value_that_is_denied_or_of_something_else_is_not_marked(question: str, text: str) -> None:
    assert marked(question, text) is None


def test_a_negation_elsewhere_leaves_the_value_marked() -> None:
    assert marked("What is the fee for a berth?", "If you do not cancel, the berth fee is €5.") == "€5"
    assert marked("How long is the visit?", "A visit takes no more than 2 hours.") == "no more than 2 hours"
    assert marked("On which day is it not open?", "It is not open on Mondays.") == "Mondays"
