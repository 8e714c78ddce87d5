"""What a person is told about a file that failed."""

import pytest

from apps.knowledge.parsing.document import FailureCode, ParseError
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
        ("latin1.txt", "Prüfung".encode("latin-1"), "It is damaged, or its text is not in UTF-8."),
        ("latin1.MD", "Prüfung".encode("latin-1"), "It is damaged, or its text is not in UTF-8."),
        ("binary.txt", bytes(range(32)) * 20, "Its content is not text."),
        ("fake.pdf", b"Not a PDF at all", "It is no PDF, whatever its name says."),
        ("macros.docx", docx(paragraph("x"), {"vbaProject.bin": "x"}), "It is no plain Word document."),
        ("half.docx", docx(paragraph("x"))[:300], "It is damaged or not saved as its format asks."),
    ],
)
def test_a_sentence_fits_the_file(name: str, data: bytes, words: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(data, name)
    sentence = str(sentence_for(caught.value.code, f"folder/{name}"))
    assert sentence.startswith(words)
    assert "macros" not in sentence
