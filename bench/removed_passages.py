"""Measures how well the confidence tells questions that the documents answer from those whose passage is gone, and from
questions about something else.

Usage: QUOTH_TEST_DATA=... python bench/removed_passages.py [--against CHECKOUT] [--json]

Half of the articles of squad2-train-10art are held out (bench/tuning_collections.py): nothing is fitted on them. Their
paragraphs are dealt to FOLDS groups, and each collection lacks one group. A question is asked of the collection that
lacks its paragraph, and of one that has it. Off topic are questions of CLINC150's validation part about other domains
and its out-of-scope questions for validation. Intervals are 95 % bootstrap intervals. Exit code 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from apps.chat.evaluation.measures import auroc, calibration_error, let_through, resampled
from bench.checkouts import Checkout, Row, checkouts
from bench.figures import as_json, as_text
from bench.tuning_collections import HELD_OUT, span_questions, squad_pages

FOLDS = 4
QUESTIONS_OF_ARTICLE = 60
OTHER_DOMAINS = 300  # questions
SMALL_TALK = (
    "small_talk",
    "meta",
)  # domains that are not off topic, because they are answered in their own way
COVERED, REMOVED, OFF_TOPIC, OUT_OF_SCOPE = "covered", "removed", "off_topic", "out_of_scope"
Confidences = dict[str, list[float]]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--against", type=Path, help="a checkout of the engine to show beside this one")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, checkout in checkouts(options.against, Path(folder)):
            report[name] = {"commit": checkout.commit} | figures(confidences(checkout, Path(folder)))
    report["bars"] = bars(report["ours"])
    print(json.dumps(report, indent=1) if options.json else as_text(report))
    return 0 if all(report["bars"].values()) else 1


def confidences(checkout: Checkout, folder: Path) -> Confidences:
    """By kind of question."""
    articles, found = held_out(), defaultdict(list)
    for fold in range(FOLDS):
        print(f"{checkout.folder}: collection {fold + 1} of {FOLDS}", file=sys.stderr)
        pages = folder / f"without-{fold}"
        write_pages(pages, articles, fold)
        checkout.load(f"without-{fold}", pages)
        rows = [
            *questions(articles, fold, REMOVED),
            *questions(articles, (fold + 1) % FOLDS, COVERED),
            *(off_topic() if fold == 0 else ()),
        ]
        for name, answer in checkout.answers(f"without-{fold}", rows).items():
            found[name.split("/")[0]].append(float(answer["confidence"]))
    return found


def held_out() -> list[Row]:
    path = Path(os.environ["QUOTH_TEST_DATA"]) / "squad2-train-10art" / "train-v2.0.json"
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    return [article for article in articles if article["title"] in HELD_OUT]


def write_pages(folder: Path, articles: Sequence[Row], without: int) -> None:
    folder.mkdir(exist_ok=True)
    kept = [{**each, "paragraphs": paragraphs(each, lambda fold: fold != without)} for each in articles]
    for name, text in squad_pages(kept).items():
        (folder / name).write_text(text, encoding="utf-8")


def paragraphs(article: Row, is_wanted: Callable[[int], bool]) -> list[Row]:
    return [row for place, row in enumerate(article["paragraphs"]) if is_wanted(place % FOLDS)]


def questions(articles: Sequence[Row], fold: int, kind: str) -> Iterator[Row]:
    """The same sample of an article's questions, whether they are asked as covered or as removed."""
    for number, article in enumerate(articles):
        own = [{**article, "paragraphs": paragraphs(article, lambda each: each == fold)}]
        rows = sampled(list(span_questions(own)), QUESTIONS_OF_ARTICLE // FOLDS)
        for place, row in enumerate(rows):
            yield {"id": f"{kind}/{number}-{fold}-{place}", "question": row["question"]}


def off_topic() -> Iterator[Row]:
    folder = Path(os.environ["QUOTH_TEST_DATA"]) / "clinc150"
    asked = json.loads((folder / "train_val.json").read_text(encoding="utf-8"))
    domains = json.loads((folder / "domains.json").read_text(encoding="utf-8"))
    talk = {intent for domain in SMALL_TALK for intent in domains[domain]}
    others = sampled([text for text, intent in asked["val"] if intent not in talk], OTHER_DOMAINS)
    for kind, texts in ((OFF_TOPIC, others), (OUT_OF_SCOPE, [text for text, _ in asked["oos_val"]])):
        for place, text in enumerate(texts):
            yield {"id": f"{kind}/{place}", "question": text, "answerable": False}


def sampled(rows: list[Any], count: int) -> list[Any]:
    return random.Random(17).sample(rows, min(count, len(rows)))


def figures(found: Confidences) -> dict[str, Any]:
    covered = found[COVERED]
    stated = covered + found[REMOVED]
    return {
        "questions": {kind: len(values) for kind, values in found.items()},
        "auroc": {
            kind: as_json(resampled(auroc, covered, found[kind]))
            for kind in (REMOVED, OFF_TOPIC, OUT_OF_SCOPE)
        },
        "let_through": {
            kind: as_json(resampled(let_through, covered, found[kind]))
            for kind in (REMOVED, OFF_TOPIC, OUT_OF_SCOPE)
        },
        "calibration_error": calibration_error(stated, [True] * len(covered) + [False] * len(found[REMOVED])),
    }


def bars(ours: dict[str, Any]) -> dict[str, bool]:
    return {
        "removed passages: AUROC >= .95": ours["auroc"][REMOVED]["value"] >= 0.95,
        "removed passages: let through at 95 % kept <= .20": ours["let_through"][REMOVED]["value"] <= 0.20,
        "off topic: AUROC >= .995": ours["auroc"][OFF_TOPIC]["value"] >= 0.995,
        "calibration error <= .05": ours["calibration_error"] <= 0.05,
    }


if __name__ == "__main__":
    raise SystemExit(main())
