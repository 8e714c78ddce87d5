"""Questions that name a clause, a step or a row of a table."""

from __future__ import annotations

import pytest

from apps.chat.answering.drafts import Question, Status
from apps.chat.answering.named_places import place_in
from apps.chat.answering.pipeline import configured_rules, draft_from
from apps.chat.answering.quoting import choose_quotes, named_quotes
from apps.chat.config import answer_config
from apps.chat.tests.found import SCOPE, STRONG, WEAK, passage, retrieval
from apps.knowledge.search.results import RankedPassage

CONTRACT = [
    passage(0, [("7.1 The tenant pays rent.", 0.1), ("7.4 Pets are welcome.", 0.2)]),
    passage(1, [("9.1 Clause 7.4 ends in winter.", 0.9), ("(a) Keys are returned.", 0.3)]),
    passage(2, [("7.2 Repairs:", 0.0), ("(a) Windows are ours.", 0.1), ("(b) Lamps are yours.", 0.05)]),
]


def first(question: str) -> str:
    return choose_quotes(CONTRACT, answer_config(), question)[0].text


@pytest.mark.parametrize(
    ("question", "label", "inner", "is_all"),
    [
        ("What does clause 7.4 say?", "7.4", "", True),
        ("§ 4 Absatz 2", "4", "2", True),
        ("What is step 3?", "3", "", True),
        ("section 12 (c)", "12", "c", True),
        ("Who signs the form of article 5?", "5", "", False),
    ],
)
def test_a_place_is_named_by_its_label(question: str, label: str, inner: str, is_all: bool) -> None:
    place = place_in(question)
    assert place is not None
    assert (place.label, place.inner, place.is_all) == (label, inner, is_all)


@pytest.mark.parametrize("question", ["How many steps are there?", "What costs 4.5?", "Which section?"])
def test_numbers_alone_name_no_place(question: str) -> None:
    assert place_in(question) is None


def test_the_block_with_the_label_is_quoted_first() -> None:
    assert "7.4 Pets are welcome." in first("What does clause 7.4 say?")
    assert first("When do pets leave?").startswith("9.1")


def test_a_part_is_that_of_its_clause() -> None:
    assert "Windows are ours." in first("clause 7.2 (a)")


def test_a_question_for_a_clause_alone_is_answered_with_that_clause_and_says_so() -> None:
    def answered(question: str) -> tuple[Status, str, list[str]]:
        found = retrieval(*CONTRACT, evidence=WEAK, question=question)
        draft = draft_from(Question(question, SCOPE), found, configured_rules())
        return draft.status, draft.named_place, [quote.text for quote in draft.quotes]

    refused: tuple[Status, str, list[str]] = (Status.REFUSED, "", [])
    assert answered("What does  Clause 7.4 say?") == (
        Status.ANSWERED,
        "Clause 7.4",
        ["7.4 Pets are welcome."],
    )
    assert answered("clause 7.2 (a)")[1:] == ("clause 7.2 (a)", ["(a) Windows are ours."])
    assert answered("clause 7.2")[2] == ["7.2 Repairs: (a) Windows are ours. (b) Lamps are yours."]
    assert answered("What does clause 7.5 say?") == refused
    assert answered("Does clause 7.4 of the constitution protect voters?") == refused


def test_a_clause_ends_with_its_block_and_one_named_by_a_heading_with_its_section() -> None:
    found = passage(3, [("8.1 Dogs pay.", 0.1), ("Cats do not.", 0.1), ("8.2 Birds sing.", 0.9)])
    lines = found._replace(text=found.text.replace(" 8.2", "\n8.2"))
    texts = [quote.text for quote in named_quotes([lines], answer_config(), "clause 8.1")]
    assert texts == ["8.1 Dogs pay. Cats do not."]
    below = lines._replace(heading_path=("Rules", "8 Animals"))
    assert [quote.text for quote in named_quotes([below], answer_config(), "section 8")] == [lines.text]


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("How many hours do part-time guides work?", ["Guides, part-time\t20 hours\tof a team"]),
        ("Which form is for donated leave?", ["Leave, unpaid\tnone", "OF-7\tdonated leave"]),
    ],
)
def test_a_row_is_chosen_by_its_key_cell(question: str, quoted: list[str]) -> None:
    others = ["Guides, full-time\t40 hours of work\ta guide", "Leave, unpaid\tnone", "Cooks\t35 hours"]
    rows = passage(4, [(text, 0.9 - place / 10) for place, text in enumerate([*others, quoted[-1]])])
    cells = tuple(each._replace(context="Group; Worth; Note") for each in rows.sentences)
    quotes = choose_quotes([rows._replace(sentences=cells)], answer_config(), question)
    assert [quote.text for quote in quotes] == quoted


def test_rows_that_match_by_their_headings_alone_are_left_out() -> None:
    def quotes(question: str) -> list[str]:
        return [quote.text for quote in choose_quotes([_table()], answer_config(), question)]

    assert quotes("What is the yearly price of a canoe?") == ["Canoe\t80 crowns"]
    assert len(quotes("What is the yearly price of a boat?")) > 1
    assert len(quotes("Is a canoe dearer than a raft?")) > 1


def _table() -> RankedPassage:
    """Rows stand on lines of their own."""
    rows = passage(0, [("Canoe\t80 crowns", 0.9), ("Raft\t95 crowns", 0.8), ("Yacht\t300 crowns", 0.7)])
    text = rows.text.replace(" Raft", "\nRaft").replace(" Yacht", "\nYacht")
    sentences = tuple(each._replace(context="Boat; Yearly price") for each in rows.sentences)
    return rows._replace(text=text, sentences=sentences)


@pytest.mark.parametrize(
    "question",
    [
        "What does section 4 say?",
        "§ 4",
        "what is in Article 12",
        "step 9",
        "Was steht in Absatz 3?",
        "appendix 2",
    ],
)
def test_another_section_is_no_answer_to_a_question_for_one_that_is_not_there(question: str) -> None:
    """However sure it is that the documents answer."""
    found = retrieval(*CONTRACT, evidence=STRONG, question=question)
    draft = draft_from(Question(question, SCOPE), found, configured_rules())
    assert (draft.status, draft.quotes, draft.named_place) == (Status.REFUSED, (), "")
    assert draft.nearest


def test_a_question_about_a_section_that_is_not_there_is_a_weak_match() -> None:
    def is_weak(question: str, text: str) -> bool:
        found = retrieval(passage(1, [(text, 3.0)], late=1.0), evidence=STRONG, question=question)
        return draft_from(Question(question, SCOPE), found, configured_rules()).weak

    assert is_weak("What does section 4 say about pets?", "Pets are welcome.")
    assert not is_weak("What does section 4 say about pets?", "4 Pets are welcome.")
    assert not is_weak("What does section 4 say about pets?", "Section  4 allows pets.")
    assert not is_weak("What is said about pets?", "Pets are welcome.")
