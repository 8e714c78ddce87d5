"""The paraphrases, follow-ups and near misses must be what bench/questions/README.md says they are."""

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from apps.knowledge.chunking.segment import segment
from apps.knowledge.index.analyzer import stems
from apps.knowledge.parsing.parse import parse

FOLDER = Path(__file__).resolve().parents[3] / "bench" / "questions"
ROOTS = {"login": "kb-login-gov/content/_en", "handbook": "kb-18f-handbook/pages"}
Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]


PARAPHRASES, FOLLOWUPS, NEAR_MISSES = rows("paraphrases"), rows("followups"), rows("nearmisses")


def folded(text: str) -> str:
    return " ".join(text.casefold().split())


@cache
def sentences(page: Path) -> list[str]:
    """The sentences of a page as the product reads and cuts it."""
    document = parse(page.read_bytes(), page.name)
    return [document.text[it.start : it.end] for each in segment(document, 80, 160) for it in each.sentences]


def answering(row: Row, answer: str, data: Path) -> list[str]:
    pages = [data / ROOTS[row["collection"]] / name for name in row["documents"]]
    return [said for page in pages for said in sentences(page) if folded(answer) in folded(said)]


def test_half_of_each_kind_is_about_each_knowledge_base() -> None:
    for found, half in ((PARAPHRASES, 25), (FOLLOWUPS, 15), (NEAR_MISSES, 20)):
        assert Counter(row["collection"] for row in found) == {"login": half, "handbook": half}


def test_no_id_and_no_question_occurs_twice() -> None:
    every = PARAPHRASES + FOLLOWUPS + NEAR_MISSES
    assert len({row["id"] for row in every}) == len(every)
    asked = [folded(row["question"]) for row in PARAPHRASES + NEAR_MISSES]
    assert len(set(asked + [folded(row["whole"]) for row in FOLLOWUPS])) == len(every)


def test_the_paraphrases_are_about_many_pages() -> None:
    assert len({row["documents"][0] for row in PARAPHRASES}) >= 30


@pytest.mark.shared_data
def test_a_paraphrase_shares_no_content_word_with_any_answering_sentence(shared_data: Path) -> None:
    for row in PARAPHRASES:
        asked = set(stems(row["question"]))
        for answer in row["answers"]:
            said = answering(row, answer, shared_data)
            assert said, (row["id"], answer)
            assert not [each for each in said if asked & set(stems(each))], row["id"]


@pytest.mark.shared_data
def test_the_answers_to_a_followup_are_in_the_documents_and_not_yet_in_its_history(shared_data: Path) -> None:
    for row in FOLLOWUPS:
        quotes = [quote for turn in row["history"] for quote in turn["quotes"]]
        texts = [
            folded(parse(page.read_bytes(), page.name).text)
            for page in (shared_data / ROOTS[row["collection"]] / name for name in row["documents"])
        ]
        for answer in row["answers"]:
            assert answering(row, answer, shared_data), (row["id"], answer)
            assert not any(folded(answer) in folded(quote) for quote in quotes), row["id"]
        assert all(any(folded(answer) in text for answer in row["answers"]) for text in texts), row["id"]
