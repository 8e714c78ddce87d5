"""Real files: each gets a final state; every sentence of the handbook is found in another rendering of its page."""

from pathlib import Path

import pytest

from apps.knowledge.chunking.segment import segment
from apps.knowledge.documents.parsed_document import ParseError
from apps.knowledge.parsing.parse import parse
from apps.knowledge.parsing.reader import DocumentReader
from apps.knowledge.parsing.template_tags import OMISSION
from apps.knowledge.tests.other_renderer import flat, words_of_markdown
from bench.parsing import COUNTED, FileResult, read_corpus

pytestmark = pytest.mark.shared_data

LISTED = (".md", ".markdown", ".html", ".htm", ".txt", *COUNTED)
TEXT = (".md", ".html", ".txt")
FAILS = {"encrypted": 2, "scanned": 11, "malformed": 1, "unlisted_type": 35}


@pytest.fixture(scope="module")
def corpus(shared_data: Path) -> tuple[list[FileResult], float]:
    with DocumentReader() as reader:
        return read_corpus(reader, shared_data / "files")


def test_every_file_ends_ready_or_failed_by_a_named_cause(corpus: tuple[list[FileResult], float]) -> None:
    results, _ = corpus
    assert len(results) == 181
    assert max(result.seconds for result in results) <= 35
    reasons = [result.reason for result in results if result.state == "failed"]
    assert {reason: reasons.count(reason) for reason in reasons} == FAILS
    assert all((result.reason == "unlisted_type") is not result.path.endswith(LISTED) for result in results)


def test_text_files_are_ready(corpus: tuple[list[FileResult], float]) -> None:
    assert {result.state for result in corpus[0] if result.path.endswith(TEXT)} == {"ready"}


def test_pdf_and_docx_hold_what_another_parser_found(corpus: tuple[list[FileResult], float]) -> None:
    counted = [it for it in corpus[0] if it.path.endswith(COUNTED) and it.reference >= 50]
    assert len(counted) > 50
    assert [it.path for it in counted if it.state != "ready" or not it.is_full] == []


def test_the_parent_stays_small(corpus: tuple[list[FileResult], float]) -> None:
    assert corpus[1] <= 50


@pytest.mark.parametrize(
    ("folder", "at_least"), [("kb-18f-handbook", 13_000), ("kb-healthchecks", 3_400), ("kb-login-gov", 1_800)]
)
def test_sentences_are_found_in_another_rendering(shared_data: Path, folder: str, at_least: int) -> None:
    missing, found = [], 0
    for path in sorted((shared_data / folder).rglob("*.md")):
        source = path.read_text(encoding="utf-8")
        sentences = _sentences(source, path.name)
        words = words_of_markdown(source)
        lost = [text for text in sentences if not _is_in(text, words)]
        missing += [(path.name, text) for text in lost]
        found += len(sentences) - len(lost)
    assert missing == []
    assert found >= at_least


def _sentences(source: str, name: str) -> list[str]:
    try:
        document = parse(source.encode(), name)
    except ParseError:
        return []
    return [document.text[it.start : it.end] for span in segment(document, 80, 160) for it in span.sentences]


def _is_in(sentence: str, words: str) -> bool:
    """Every cell of a table row is in the page. Where words were left out, the page has nothing."""
    return all(flat(cell.replace(OMISSION, "")) in words for cell in sentence.split("\t"))
