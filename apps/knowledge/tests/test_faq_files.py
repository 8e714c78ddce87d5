"""FAQ entries in CSV and YAML files: what is read, and what is said about each wrong line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.knowledge.faq.entries import FaqFields
from apps.knowledge.faq.entry_files import FileFault, LineFault, read_csv, read_yaml, write_csv, write_yaml

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
        ("- question: 5\n  answer: a\n", 1, "texts"),
        ("- question: Where?\n  wordings: x\n", 1, "texts"),
        ("- question: Where?\n  answer: a\n  active: perhaps\n", 1, "yes or no"),
        ("- question: a: b\n", 1, "YAML"),
        ("- question: Where?\n  question: When?\n", 2, "YAML"),
        ("", 1, "list"),
        ("- &a [*a]\n", 1, "keys"),
        ("[" * 5000, 0, "YAML"),
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
