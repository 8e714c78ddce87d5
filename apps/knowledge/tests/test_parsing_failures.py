"""What a person is told about a file that failed."""

import pytest

from apps.knowledge.documents.parsed_document import FailureCode, ParseError
from apps.knowledge.parsing.failures import BY_FORMAT, sentence_for
from apps.knowledge.parsing.parse import parse
from apps.knowledge.tests.parsing_files import docx, paragraph


def test_every_failure_says_what_to_do() -> None:
    sentences = [str(sentence_for(code)) for code in FailureCode]
    assert len(set(sentences)) == len(FailureCode)
    for sentence in [*sentences, *map(str, BY_FORMAT.values())]:
        assert sentence.endswith(".")
        assert sentence.count(". ") >= 1  # what is wrong, then what to do


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("unknown.txt", b"a \x81 b \x8d c \x90 d", "This file is damaged, or its text isn't UTF-8."),
        ("unknown.MD", b"a \x81 b \x8d c \x90 d", "This file is damaged, or its text isn't UTF-8."),
        ("binary.txt", bytes(range(32)) * 20, "This file doesn't contain text."),
        ("fake.pdf", b"Not a PDF at all", "This file isn't a PDF."),
        (
            "macros.docx",
            docx(paragraph("x"), {"vbaProject.bin": "x"}),
            "This file isn't a plain Word document.",
        ),
        ("half.docx", docx(paragraph("x"))[:300], "This file is damaged or isn't a valid DOCX."),
    ],
)
def test_a_sentence_fits_the_file(name: str, data: bytes, words: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(data, name)
    sentence = str(sentence_for(caught.value.code, f"folder/{name}"))
    assert sentence.startswith(words)
    assert "macros" not in sentence
