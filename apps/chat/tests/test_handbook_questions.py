"""The answers of the handbook questions must be in the handbook."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import mistune
import pytest
from bs4 import BeautifulSoup

QUESTIONS = Path(__file__).resolve().parents[3] / "bench" / "questions" / "handbook.jsonl"


@dataclass(frozen=True)
class Question:
    id: str
    question: str
    kind: str
    style: str
    answerable: bool
    document: str | None
    documents: list[str]
    answers: list[str]


def read_questions() -> list[Question]:
    return [Question(**json.loads(line)) for line in QUESTIONS.read_text("utf-8").splitlines()]


def normal(text: str) -> str:
    return " ".join(text.split()).casefold()


def rendered(page: Path) -> str:
    """The page as a reader sees it: no front matter, no markup."""
    text = page.read_text("utf-8")
    body = text.split("\n---\n", 1)[1] if text.startswith("---\n") else text
    render = mistune.create_markdown(escape=False, plugins=["table", "strikethrough"])
    return normal(BeautifulSoup(str(render(body)), "html.parser").get_text())


def test_there_are_sixty_covered_twenty_near_and_twenty_off_topic_questions() -> None:
    assert Counter(q.kind for q in read_questions()) == {"covered": 60, "near": 20, "off_topic": 20}


def test_no_id_and_no_question_occurs_twice() -> None:
    questions = read_questions()
    assert len({q.id for q in questions}) == len(questions)
    assert len({normal(q.question) for q in questions}) == len(questions)


def test_only_covered_questions_have_an_answer() -> None:
    for q in read_questions():
        covered = q.kind == "covered"
        assert (q.answerable, bool(q.answers), q.document is not None) == (covered, covered, covered), q.id
        assert q.documents[:1] == ([q.document] if covered else []), q.id


def test_covered_questions_are_spread_over_the_handbook() -> None:
    pages = {q.document for q in read_questions() if q.document}
    assert len(pages) >= 45
    assert len({page.split("/")[0] for page in pages}) >= 15


@pytest.mark.shared_data
@pytest.mark.parametrize("question", [q for q in read_questions() if q.answerable], ids=lambda q: q.id)
def test_every_answer_stands_in_its_page(question: Question, shared_data: Path) -> None:
    pages = shared_data / "kb-18f-handbook" / "pages"
    texts = [rendered(pages / name) for name in question.documents]
    for answer in question.answers:
        assert any(normal(answer) in text for text in texts), answer
    for name, text in zip(question.documents, texts, strict=True):
        assert any(normal(answer) in text for answer in question.answers), name
