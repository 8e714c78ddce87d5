"""Plain text: lines as they are, paragraphs by empty lines, list items by their marks."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.knowledge.documents.parsed_document import BlockKind
from apps.knowledge.parsing.parse import parse


def test_paragraphs_and_list_items() -> None:
    document = parse(b"First line\nsecond line\n\n \nList:\n1. one\n  more\n2. two\n", "notes.txt")
    assert document.text == "First line\nsecond line\n\nList:\n\n1. one\n  more\n2. two"
    assert [(block.kind, block.label) for block in document.blocks] == [
        (BlockKind.PARAGRAPH, 0),
        (BlockKind.PARAGRAPH, 0),
        (BlockKind.LIST_ITEM, 3),
        (BlockKind.LIST_ITEM, 3),
    ]
    assert document.title == "notes"


def test_markup_in_plain_text_is_text() -> None:
    assert parse(b"<b>*not* markup</b> {{ x }}", "a.txt").text == "<b>*not* markup</b> {{ x }}"


def blocks(source: str) -> list[str]:
    document = parse(source.encode(), "notes.txt")
    return [document.text[block.start : block.end] for block in document.blocks]


@pytest.mark.parametrize(
    "prose",
    [
        "The tower was finished in\n1887. It burned down in\n1888. Nobody was hurt.",
        "Each boat carries 4\n- 6 people, and a crew of 2\n- 3 more.",
        "The bill of 20\n+ 5 crowns is due on the\n3. of the month.",
        "The hall\n- built last year\nis closed.",
        "Read the rules (page\n7) before you sail.",
        "Keep it above\n1. Otherwise it freezes.",
    ],
)
def test_a_wrapped_line_is_no_list_item(prose: str) -> None:
    assert blocks(prose) == [prose]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Bring\n- a towel\n- soap", ["Bring", "a towel", "soap"]),
        ("Bring:\n- a towel\nand nothing else", ["Bring:", "a towel\nand nothing else"]),
        (
            "Do this:\n1. Stop.\n2. Wait for\n   3. No more.\n3. Go.",
            ["Do this:", *"1. Stop.|2. Wait for\n   3. No more.|3. Go.".split("|")],
        ),
        ("Do this\n1) stop\n2) go", ["Do this", "1) stop", "2) go"]),
        ("1. all\n1. lazy\n1. numbers", ["1. all", "1. lazy", "1. numbers"]),
        ("07. March\n08. March", ["07. March", "08. March"]),
        ("- ropes\n  - long\n- sails\n    that are old", ["ropes", "long", "sails\n    that are old"]),
        ("We sell\n• tea", ["We sell", "tea"]),
    ],
)
def test_a_list_in_a_paragraph_is_a_list(source: str, expected: list[str]) -> None:
    assert blocks(source) == expected


@given(st.lists(st.sampled_from(["a 10", "- 15 b", "3. c", "4. d", "  - e:", "* f", "• g", ""]), max_size=30))
def test_no_number_is_lost(lines: list[str]) -> None:
    source = "x\n" + "\n".join(lines)
    numbers = [word for word in source.split() if word.strip(".").isdigit()]
    assert [word for word in " ".join(blocks(source)).split() if word.strip(".").isdigit()] == numbers


def test_many_marks_cost_little() -> None:
    source = "".join(f"{' ' * (n % 40)}- {n}\n{n}. x\n" for n in range(50_000))
    started = time.process_time()
    parse(source.encode(), "a.txt")
    assert time.process_time() - started < 10
