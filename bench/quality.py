"""Measures answers and refusals on the handbook questions, compared with BM25 alone and cosine alone, and checks
limits.

Usage: python bench/quality.py [--workspace W] [--collection C] [--questions FILE] [--json] The collection must have
been ingested (kb-18f-handbook/pages for the default questions). All systems choose quotes from the same sentences by
the same rules. `cosine+` and `bm25+` also have what the product adds to fusion: spelling correction, the neighbours of
a sentence and late interaction. Exit code 1 if a limit is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")

import django

django.setup()

from apps.chat.evaluation.questions import read_questions
from apps.chat.evaluation.report import Report, report
from apps.chat.evaluation.run import outcomes
from apps.chat.evaluation.systems import BM25, COSINE, HYBRID, systems
from apps.chat.evaluation.tables import as_table
from apps.knowledge.config import RetrievalConfig
from apps.knowledge.management.short_names import find_collection
from apps.knowledge.selectors import scope_of

QUESTIONS = Path(__file__).parent / "questions" / "handbook.jsonl"
ADVANTAGE, COVERED_REFUSED, OFF_TOPIC_REFUSED, QUOTES_RIGHT = 1.10, 0.10, 0.95, 0.65


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workspace", default="bench")
    parser.add_argument("--collection", default="handbook")
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    scope = scope_of(find_collection(options.workspace, options.collection))
    found = outcomes(scope, read_questions(options.questions), compared(scope.encoder))
    figures = report(found, scope.encoder)
    figures["bars"] = bars(figures)
    print(json.dumps(figures, indent=1) if options.json else as_table(figures))
    if not options.json:
        print(
            "\n".join(
                f"{name}: {'passed' if passed else 'MISSED'}" for name, passed in figures["bars"].items()
            )
        )
    return 0 if all(figures["bars"].values()) else 1


def compared(encoder: str) -> dict[str, RetrievalConfig]:
    """The three systems of `evaluate`, and the two plain ones with the other features of the product."""
    known = systems(encoder)
    for plain in (BM25, COSINE):
        weights = known[plain].model_dump(
            include={"lexical_weight", "sentence_lexical_weight", "text_candidates"}
        )
        known[f"{plain}+"] = known[HYBRID].model_copy(update=weights)
    return known


def bars(figures: Report) -> dict[str, bool]:
    refused = {kind: row["refused"]["value"] for kind, row in figures["refusal"]["by_kind"].items()}
    kept = {
        f"quotes right >= {ADVANTAGE} x the better plain system": figures["advantage"]["top3"]["value"]
        >= ADVANTAGE,
        f"covered refused <= {COVERED_REFUSED}": refused["covered"] <= COVERED_REFUSED,
        f"shown quotes right >= {QUOTES_RIGHT}": figures["quotes_right"]["answerable"]["value"]
        >= QUOTES_RIGHT,
    }
    if "off_topic" in refused:
        kept[f"off-topic refused >= {OFF_TOPIC_REFUSED}"] = refused["off_topic"] >= OFF_TOPIC_REFUSED
    return kept


if __name__ == "__main__":
    raise SystemExit(main())
