"""FAQ entries in CSV and YAML files: what is read, and what is said about each wrong line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest

from apps.knowledge.config import faq_config
from apps.knowledge.faq.entries import FaqFields, cleaned
from apps.knowledge.faq.entry_files import FileFault, LineFault, read_csv, read_yaml, write_csv, write_yaml
from apps.knowledge.faq.keys import key_of

ENTRIES = [
    FaqFields(
        ("Where can I park, please?", "Is there a | car park?", "=1+1"),
        "Behind the house.\nGate 2.",
        True,
        "guide/parking.md",
        "The car park is behind\nthe house.",
    ),
    FaqFields(("When is payday?",), 'On the "25th"; always.', False),
]


def _faults(read: Callable[[bytes], object], text: str | bytes) -> list[LineFault]:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(FileFault) as raised:
        read(data)
    return list(raised.value.faults)


def test_what_is_written_is_read_again() -> None:
    for read, written in ((read_csv, write_csv(ENTRIES)), (read_yaml, write_yaml(ENTRIES))):
        assert [row.fields for row in read(written.encode())] == ENTRIES


def test_a_spreadsheet_with_semicolons_and_a_byte_order_mark_is_read() -> None:
    (row,) = read_csv("\ufeffAnswer;Question;Wording;Wording\r\nYard;Where?;;Where to?\r\n;;;\r\n".encode())
    assert (row.line, row.fields) == (2, FaqFields(("Where?", "", "Where to?"), "Yard"))


def test_entries_know_their_lines() -> None:
    rows = read_csv(b'question,answer\nOne?,"first\nsecond"\n\nTwo?,2\n')
    assert [row.line for row in rows] == [2, 5]
    rows = read_yaml(b"- question: One?\n  answer: |\n    a\n    b\n- question: Two?\n  answer: x\n")
    assert [row.line for row in rows] == [1, 5]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("question;answr\n", 1, "answr"),
        ("question,question,answer\n", 1, "twice"),
        ("question\nWhere?\n", 1, "answer"),
        ("", 1, "question"),
        ("question,answer\nWhere?,a\nWhen?,1,2\n", 3, "more cells"),
        ('question,answer\nWhere?,"a\n', 2, "CSV"),
        ("question,answer,active\nWhere?,a,perhaps\n", 2, "yes or no"),
        ("question,answer\nWh\x00ere?,a\n", 2, "NUL"),
        (b"question,answer\nWhere?,caf\xe9\n", 2, "UTF-8"),
    ],
)
def test_csv_faults_name_the_line(text: str | bytes, line: int, words: str) -> None:
    (fault,) = _faults(read_csv, text)
    assert fault.line == line
    assert words in fault.message


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("question: Where?\n", 1, "list"),
        ("- Where?\n", 1, "keys"),
        ("- question: Where?\n  answer: a\n- question: When?\n  answers: b\n", 3, "answers"),
        ("- question: [Where]\n  answer: a\n", 1, "texts"),
        ("- question: Where?\n  wordings: [[x]]\n", 1, "texts"),
        ("- question: Where?\n  wordings: x\n", 1, "texts"),
        ("- question: Where?\n  answer: a\n  active: perhaps\n", 1, "yes or no"),
        ("- question: a: b\n", 1, "YAML"),
        ("- question: Where?\n  question: When?\n", 1, "twice"),
        ("", 1, "list"),
        ("- &a [*a]\n", 1, "keys"),
        ("[" * 5000, 0, "YAML"),
        ('- question: "\\UFFFFFFFF"\n', 0, "YAML"),
        ("- question: Where?\n  wordings: &w [*w]\n", 1, "texts"),
        ("- &e {question: *e}\n", 1, "texts"),
        ('- "\\uD800": x\n', 1, "not known"),
        ("- [a]: x\n", 1, "keys"),
        ("!!python/object:os.system {}\n", 1, "list"),
    ],
)
def test_yaml_faults_name_the_line(text: str, line: int, words: str) -> None:
    (fault,) = _faults(read_yaml, text)
    assert fault.line in (line, line + 1)
    assert words in fault.message


def test_all_wrong_lines_are_named() -> None:
    faults = _faults(read_csv, "question,answer,active\na,b,x\nc,d,yes\ne,f,z\n")
    assert [fault.line for fault in faults] == [2, 4]


@pytest.mark.parametrize(
    "text", ["2024-13-45", "2024-02-31", "0x_", "5", "yes", "1e5", "9" * 5000, "2001-01-01T00:00:00Z"]
)
def test_yaml_values_are_texts(text: str) -> None:
    (row,) = read_yaml(f"- question: {text}\n  answer: {text}\n  wordings: [{text}x, null, ~]\n".encode())
    assert row.fields == FaqFields((text, f"{text}x"), text)


def test_yaml_tags_make_no_values() -> None:
    for tag in ("int", "float", "bool", "timestamp", "binary"):
        (row,) = read_yaml(f"- question: !!{tag} abc\n  answer: a\n".encode())
        assert row.fields.wordings == ("abc",)


def test_escaped_surrogates_are_dropped() -> None:
    (row,) = read_yaml(rb'- {question: "a\uD800b\uD83D\uDE00", answer: x, document: "\uDC00"}')
    assert (row.fields.wordings, row.fields.document) == (("ab\U0001f600",), "")
    assert cleaned(FaqFields(("a\ud800b",), "x\udc00")) == FaqFields(("ab",), "x")


def test_a_shared_list_of_wordings_is_read_up_to_the_limit() -> None:
    (row, other) = read_yaml(
        b"- {question: a, answer: x, wordings: &w [" + b"b," * 500 + b"]}\n- {question: c, wordings: *w}"
    )
    assert len(row.fields.wordings) == len(other.fields.wordings) == faq_config().wordings + 2


def test_a_short_row_without_its_question_is_read() -> None:
    (row,) = read_csv(b"answer,question\nYard\n")
    assert row.fields == FaqFields(("",), "Yard")


def test_no_cell_is_a_formula() -> None:
    texts = ("=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''-x", "＝1")
    entries = [FaqFields((text, f"{text}b"), text, True, text, text) for text in texts]
    written = write_csv(entries)
    cells = [cell for row in list(csv.reader(io.StringIO(written)))[1:] for cell in row]
    assert not [cell for cell in cells if cell[0] in "=+-@＝"]
    assert [row.fields for row in read_csv(written.encode())] == entries


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("क्या काम है", "क्या कम है"),
        ("กินข้าว", "กันข้าว"),
        ("What is C++?", "What is C?"),
        ("Is it < 5?", "Is it > 5?"),
    ],
)
def test_different_questions_have_different_keys(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


def test_questions_that_differ_in_punctuation_have_the_same_key() -> None:
    assert key_of("  Where’s the  CAR-park?! ") == key_of("where's the car park")
