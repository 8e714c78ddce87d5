"""Writes the other tuning collections as Markdown, each with its questions, for ingestion and fit_decision.py.

Usage: QUOTH_TEST_DATA=... python bench/tuning_collections.py FOLDER [ARTICLES]
Makes FOLDER/{squad,qed,gov}/*.md and FOLDER/{squad,qed,gov}.jsonl; the fourth collection, `tuning`, is made of
kb-healthchecks/templates/docs and kb-login-gov/content/_en, with bench/questions/tuning.jsonl. ARTICLES limits
qed to its first ones, for encoders that take long.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

# Every second article by name: bench/removed_passages.py judges by them, and nothing is fitted on them.
HELD_OUT = (
    "Beyoncé",
    "IPod",
    "Sino-Tibetan_relations_during_the_Ming_dynasty",
    "Spectre_(2015_film)",
    "To_Kill_a_Mockingbird",
)
QUESTIONS = 300
ARTICLES_IN_A_FILE = 50
Row = dict[str, Any]


def main(folder: Path, articles: int | None = None) -> None:
    data = Path(os.environ["QUOTH_TEST_DATA"])
    squad = json.loads((data / "squad2-train-10art" / "train-v2.0.json").read_text())["data"]
    squad = [article for article in squad if article["title"] not in HELD_OUT]
    qed = json.loads((data / "qa" / "qed_dev.squad.json").read_text())["data"][:articles]
    _write(folder, "squad", squad_pages(squad), _sample(span_questions(squad), 7))
    _write(folder, "qed", _qed_pages(qed), _sample(span_questions(qed), 11))
    _write(folder, "gov", _gov_pages(data / "dialogues"), _gov_questions(data / "dialogues"))


def _write(folder: Path, name: str, pages: Mapping[str, str], questions: Iterable[Row]) -> None:
    (folder / name).mkdir(parents=True, exist_ok=True)
    for path, text in pages.items():
        (folder / name / path).write_text(text, encoding="utf-8")
    lines = [json.dumps(row, ensure_ascii=False) for row in questions]
    (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def squad_pages(articles: Iterable[Row]) -> dict[str, str]:
    """One page for each article, with its title as heading."""
    return {
        f"{article['title']}.md": "\n\n".join(
            [
                f"# {_escaped(article['title'].replace('_', ' '))}",
                *(_escaped(row["context"]) for row in article["paragraphs"]),
            ]
        )
        for article in articles
    }


def _qed_pages(articles: Iterable[Row]) -> dict[str, str]:
    """Pages with many articles of one paragraph, each with its own heading."""
    pages: defaultdict[str, str] = defaultdict(str)
    for number, article in enumerate(articles):
        for row in article["paragraphs"]:
            page = f"part-{number // ARTICLES_IN_A_FILE}.md"
            pages[page] += f"## {_escaped(article['title'])}\n\n{_escaped(row['context'])}\n\n"
    return pages


def span_questions(articles: Iterable[Row]) -> Iterator[Row]:
    """A right quote contains an answer. Its page is not compared, because titles are shortened differently above."""
    for article in articles:
        for paragraph in article["paragraphs"]:
            for row in paragraph["qas"]:
                if not row.get("is_impossible"):
                    answers = sorted({answer["text"] for answer in row["answers"]})
                    yield {"question": row["question"], "kind": "covered", "answers": answers}


def _gov_pages(folder: Path) -> dict[str, str]:
    pages = {}
    for line in (folder / "passages.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        title, *rest = row["text"].split("\n")
        body = "\n\n".join(_escaped(part) for part in rest if part.strip())
        pages[page_of(row["passage_id"])] = f"# {_escaped(title[:120])}\n\n{body}\n"
    return pages


def _gov_questions(folder: Path) -> Iterator[Row]:
    """First turns only, because later ones cannot be understood alone."""
    for line in (folder / "tasks.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if not row["history"]:
            answerable = row["answerability"] == "ANSWERABLE"
            kind = "covered" if answerable else "near"
            documents = [page_of(passage) for passage in row["gold_passages"]]
            yield {
                "question": row["question"],
                "kind": kind,
                "answerable": answerable,
                "documents": documents,
            }


def _sample(rows: Iterable[Row], seed: int) -> list[Row]:
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    return shuffled[:QUESTIONS]


def page_of(passage_id: str) -> str:
    return re.sub(r"\W+", "-", passage_id) + ".md"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
