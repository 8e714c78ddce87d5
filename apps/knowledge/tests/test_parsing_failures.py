"""What a person is told about a file that failed."""

from apps.knowledge.parsing.document import FailureCode
from apps.knowledge.parsing.failures import sentence_for


def test_every_failure_says_what_to_do() -> None:
    sentences = {code: str(sentence_for(code)) for code in FailureCode}
    assert len(set(sentences.values())) == len(FailureCode)
    for sentence in sentences.values():
        assert sentence.endswith(".")
        assert sentence.count(". ") >= 1  # what is wrong, then what to do
