"""What is quoted with a sentence: lists with their lead, questions with their answers."""

from __future__ import annotations

import pytest

from apps.knowledge.chunking.segment import SentenceSpan, segment
from apps.knowledge.parsing.parse import parse
from apps.knowledge.tests.effort import calls


def units(source: str, name: str = "a.md", most: int = 160) -> list[tuple[str, str, int]]:
    """(sentence, what is quoted with it, how many items are missing there)"""
    document = parse(source.encode(), name)

    def words(sentence: SentenceSpan) -> tuple[str, str, int]:
        unit = " ".join(document.text[slice(*sentence.unit)].split())
        return document.text[sentence.start : sentence.end], unit, sentence.more

    return [words(each) for passage in segment(document, 80, most) for each in passage.sentences]


CODE = "```\nkiln --vent 40\n```\n\n```\nkiln --stop\n```\n"


def test_code_is_quoted_with_the_sentence_before_it() -> None:
    found = units(f"Kilns get hot. Wait for an hour after firing.\n\n{CODE}\nThe door may open then.")
    whole = "Wait for an hour after firing. kiln --vent 40 kiln --stop"
    assert [unit for _, unit, _ in found][1:-1] == ["Wait for an hour after firing.", whole, whole]


def test_a_sentence_that_introduces_code_brings_it() -> None:
    found = units(f"Vent it with the following commands.\n\n{CODE}")
    assert {unit for _, unit, _ in found} == {
        "Vent it with the following commands. kiln --vent 40 kiln --stop"
    }


@pytest.mark.parametrize(
    "leaning",
    [
        "This applies to guests as well.",
        "It must be renewed in May.",
        "However, children swim free.",
        "In that case, ring the bell.",
        "Afterwards, close the gate.",
        "If they are late, the gate is shut.",
        "Dies gilt auch für Gäste.",
        "Cependant, le quai est fermé.",
        "Sin embargo, el muelle está cerrado.",
    ],
)
@pytest.mark.parametrize("gap", [" ", "\n\n"])
def test_a_sentence_that_refers_to_the_one_before_is_quoted_with_it(leaning: str, gap: str) -> None:
    first = "Members moor at the north pier."
    found = units(f"The lake is deep. {first}{gap}{leaning}")
    assert [unit for _, unit, _ in found] == ["The lake is deep.", first, f"{first} {leaning}"]


@pytest.mark.parametrize(
    "alone",
    [
        "This handbook is for members.",
        "It is important to moor well.",
        "There is a second pier in the south.",
        "Thistles grow on the bank.",
        "Itemised bills are sent in June.",
        "Das Boot liegt am Steg.",
    ],
)
def test_a_sentence_that_refers_to_nothing_before_it_stands_alone(alone: str) -> None:
    assert units(f"Members moor at the north pier. {alone}")[-1][1] == alone


def test_a_sentence_that_refers_to_another_that_does_brings_both() -> None:
    found = units("Boats sink. Members moor at the pier. It is old. This is why it creaks.")
    assert found[-1][1] == "Members moor at the pier. It is old. This is why it creaks."


def test_passages_are_not_cut_before_a_sentence_that_refers_back() -> None:
    long = "Members moor at the long northern pier of the old lake. " * 8
    found = segment(parse(f"{long}\n\nThis is free.\n\nBoats are blue.".encode(), "a.md"), 80, 160)
    assert [len(passage.sentences) for passage in found] == [9, 1]


@pytest.mark.parametrize("lead", ["To bleed the radiator:", "Bleed the radiator in this order."])
def test_numbered_steps_are_quoted_with_the_sentence_before_them(lead: str) -> None:
    found = units(f"Radiators gurgle. {lead}\n\n1. Turn the key.\n2. Wait.\n3. Shut it.")
    assert found[0][1] == "Radiators gurgle."
    assert {unit for _, unit, _ in found[1:]} == {f"{lead} 1. Turn the key. 2. Wait. 3. Shut it."}


def test_bullets_are_quoted_with_the_line_that_leads_to_them() -> None:
    found = units("The tent comes with:\n\n- eight pegs\n- two poles\n\nGuests pitch tents themselves.")
    assert [unit for _, unit, _ in found] == ["The tent comes with: eight pegs two poles"] * 3 + [
        "Guests pitch tents themselves."
    ]


def test_a_line_without_a_colon_introduces_sentences_that_follow() -> None:
    found = units("Bring the following.\n\n- A rope is needed.\n- A helmet is lent.")
    assert {unit for _, unit, _ in found} == {"Bring the following. A rope is needed. A helmet is lent."}


def test_bullets_that_are_no_sentences_answer_together_under_a_heading() -> None:
    assert {unit for _, unit, _ in units("## Bring\n\n- boots\n- a torch")} == {"boots a torch"}


def test_bullets_that_are_sentences_answer_alone() -> None:
    found = units("## Parts\n\n- K-9 is the lid.\n- K-8 is the knob.")
    assert [unit for _, unit, _ in found] == ["K-9 is the lid.", "K-8 is the knob."]


def test_code_and_nested_items_belong_to_the_step() -> None:
    source = "Do this:\n\n1. Stop it.\n\n   ```\n   kettle --stop\n   ```\n\n2. Clean:\n   - lid\n   - base\n"
    assert {unit for _, unit, _ in units(source)} == {"Do this: 1. Stop it. kettle --stop 2. Clean: lid base"}


def test_a_list_longer_than_a_passage_says_how_many_items_are_missing() -> None:
    items = "".join(f"{number}. Turn the numbered wheel once more.\n" for number in range(1, 11))
    found = units(f"To open the lock:\n\n{items}", most=30)
    lead = found[0]
    assert lead[1].startswith("To open the lock: 1. Turn")
    assert lead[2] == 10 - lead[1].count("Turn") > 0


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.txt", "Q: When is supper?\nA: At seven.\n\nQ: Where?\nA: In the barn."),
        ("a.txt", "Q: When is supper?\nA: At seven.\nQ: Where?\nA: In the barn."),
        ("a.md", "**When is supper?**\n\nAt seven.\n\n**Where?**\n\nIn the barn."),
        ("a.html", "<p>When is supper?<p>At seven.<p>Where?<p>In the barn."),
        ("a.html", "<dl><dt>When is supper?<dd>At seven.<dt>Where?<dd>In the barn.</dl>"),
        ("a.html", "<ol><li>When is supper?<p>At seven.<li>Where?<p>In the barn.</ol>"),
    ],
)
def test_a_question_is_quoted_with_its_answer(name: str, source: str) -> None:
    found = [unit for _, unit, _ in units(source, name)]
    assert all("supper?" in unit and unit.endswith("At seven.") for unit in found[:2])
    assert all("Where?" in unit and unit.endswith("In the barn.") for unit in found[2:])
    assert len(found) == 4


def test_an_answer_that_is_a_list_comes_whole() -> None:
    found = units("What do I bring?\n\nYou need:\n\n- boots\n- a torch")
    assert found[0][1] == "What do I bring? You need: boots a torch"


def test_a_question_inside_a_paragraph_brings_only_the_next_sentence() -> None:
    found = units("The mill is old. Who built it? A miller did. Bread was cheap in 1700.")
    assert [unit for _, unit, _ in found][1:] == ["Who built it? A miller did."] * 2 + [
        "Bread was cheap in 1700."
    ]


def test_a_question_without_an_answer_stands_alone() -> None:
    assert [unit for _, unit, _ in units("Why?\n\nHow?\n\n## Next\n\nText.")] == ["Why?", "How?", "Text."]


def test_a_list_of_many_items_is_cut_in_linear_time() -> None:
    def effort(count: int) -> int:
        source = "Steps:\n\n" + "".join(f"1. Step {n} of all.\n" for n in range(count))
        document = parse(source.encode(), "a.md")
        return calls(lambda: segment(document, 80, 160))

    effort(1)
    assert effort(4_000) < 5 * effort(1_000)
