"""The `evaluate` command and its measures."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.chat.evaluation.measures import auroc, estimate, ratio
from apps.chat.evaluation.questions import KnownQuestion, QuestionsError, read_questions
from apps.chat.models import Answer
from apps.knowledge.tests.files import LEAVE, TRAVEL, collection_in, load

QUESTIONS = [
    {
        "id": "leave",
        "question": "How many days of leave a year?",
        "document": "leave.md",
        "answers": ["25  DAYS"],
    },
    {
        "question": "Book trains how far ahead?",
        "documents": ["travel.md"],
        "answers": ["a week"],
        "kind": "covered",
    },
    {"question": "Days of leave?", "document": "travel.md", "answers": ["25 days"], "kind": "covered"},
    {"question": "Why do volcanoes erupt?", "answerable": False, "document": None, "kind": "off_topic"},
]


def test_an_estimate_holds_its_mean_and_narrows() -> None:
    few, many = estimate([1.0, 0.0] * 5), estimate([1.0, 0.0] * 500)
    assert few is not None
    assert many is not None
    assert (few.value, few.n) == (0.5, 10)
    assert few.low < many.low < 0.5 < many.high < few.high
    assert estimate([]) is None
    assert estimate([1.0, 0.0] * 5) == few


def test_a_ratio_is_of_the_means() -> None:
    found = ratio([1, 1, 0, 1], [1, 0, 0, 1])
    assert found is not None
    assert found.value == 1.5
    assert ratio([1.0], [0.0]) is None


def test_auroc_counts_pairs_in_order() -> None:
    assert auroc([3, 4], [1, 2]) == 1.0
    assert auroc([1, 2], [3, 4]) == 0.0
    assert auroc([1, 3], [2, 3]) == (0 + 0 + 1 + 0.5) / 4
    assert auroc([], [1]) is None


def test_a_right_quote_is_from_the_document_and_holds_an_answer() -> None:
    known = KnownQuestion.model_validate(QUESTIONS[0])
    assert known.is_right("leave.md", "You get 25 days\nof leave")
    assert not known.is_right("leave.md", "You get leave")
    assert not known.is_right("travel.md", "You get 25 days")
    assert KnownQuestion(question="x", answers=("a",)).is_right("any.md", "A")


def test_a_history_is_a_list_of_questions_or_of_turns() -> None:
    row = {
        "question": "and why?",
        "history": ["What is leave?", {"question": "Who?", "quotes": [{"text": "You."}]}],
    }
    first, second = KnownQuestion.model_validate(row).history
    assert (first.question, second.question, second.quotes) == ("What is leave?", "Who?", ("You.",))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "line 2: not JSON"),
        ('{"answers": []}', "line 2, question"),
        ('{"question": 3}', "line 2, question"),
        ("[]", "line 2, line"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(f'{{"question": "x"}}\n{line}\n')
    with pytest.raises(QuestionsError, match=words):
        read_questions(path)


def test_lines_as_other_programs_write_them(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    rows = ['{"id": 7, "question": "One\u2028line?"}', '{"question": "Next?", "history": ["Before?"]}']
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(rows).encode())
    first, second = read_questions(path)
    assert (first.id, first.question) == ("7", "One\u2028line?")
    assert (second.id, second.question) == ("line-2", "Next?")


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_encoder")
class TestCommand:
    def _run(self, path: Path, **options: Any) -> str:
        collection = collection_in("demo", "docs")
        load(collection, "leave.md", LEAVE)
        load(collection, "travel.md", TRAVEL)
        questions = path / "q.jsonl"
        questions.write_text("\n".join(map(json.dumps, QUESTIONS)))
        out = io.StringIO()
        call_command("evaluate", str(questions), stdout=out, **options)
        return out.getvalue()

    def test_figures(self, tmp_path: Path) -> None:
        figures = json.loads(self._run(tmp_path))
        assert figures["questions"] == 4
        assert set(figures["systems"]) == {"hybrid", "bm25", "cosine"}
        for system in figures["systems"].values():
            assert system["retrieval"]["hit@1"]["n"] == 3
            assert system["answers"]["top3"]["value"] == pytest.approx(2 / 3, abs=1e-4)
        assert figures["advantage"]["top3"]["value"] == 1.0
        assert figures["refusal"]["by_kind"]["off_topic"]["refused"]["value"] == 1.0
        assert figures["refusal"]["auroc"]["all"] == 1.0
        shown = figures["refusal"]["right_of_100"]
        assert sum(row["n"] for row in shown.values() if row) == 3
        assert sum(row["n"] * row["value"] for row in shown.values() if row) == pytest.approx(200, abs=0.1)
        assert [row["threshold"] for row in figures["refusal"]["curve"]][::9] == [0.05, 0.5, 0.95]
        assert not Answer.objects.exists()

    def test_each_answer_in_a_file(self, tmp_path: Path) -> None:
        out = tmp_path / "answers.jsonl"
        table = self._run(tmp_path, answers=out, table=True)
        assert "one of three quotes right: 1.000" in table
        lines = [json.loads(line) for line in out.read_text().splitlines()]
        assert [line["id"] for line in lines] == ["leave", "line-2", "line-3", "line-4"]
        best = lines[0]["ranked"][0]
        assert set(best) == {"document", "start", "end", "text", "score"}
        assert best["document"] == "leave.md"
        assert lines[0]["quotes"]
        assert (lines[3]["status"], lines[3]["quotes"]) == ("refused", [])

    def test_missing_things_are_named(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="--collection"):
            self._run(tmp_path, collection="nothing")
        with pytest.raises(CommandError, match="No such file"):
            call_command("evaluate", str(tmp_path / "none.jsonl"))
