"""Measures how many questions with known answers are found, answered and rightly refused. Stores nothing."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.chat.answering.drafts import Question
from apps.chat.evaluation.judging import Outcome
from apps.chat.evaluation.questions import QuestionsError, read_questions
from apps.chat.evaluation.report import Report, report
from apps.chat.evaluation.run import outcomes
from apps.chat.evaluation.systems import HYBRID, systems
from apps.chat.evaluation.tables import as_table
from apps.chat.presentation.answer_json import draft_json, ranked_json
from apps.common.commands import QuothCommand
from apps.knowledge.management.short_names import NoSuchCollection, find_collection
from apps.knowledge.models import Collection
from apps.knowledge.selectors import scope_of
from apps.models.inference.weights import EncoderUnavailable


class Command(QuothCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.description = _(
            "Ask a collection the questions of a file, one JSON object on each line: question, and any of answers, "
            "document, documents, answerable, kind, id. Prints retrieval, answer and refusal figures beside BM25 and "
            "cosine alone."
        )
        parser.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
        parser.add_argument(
            "--workspace", default="demo", help=_("short name of the workspace (default: demo)")
        )
        parser.add_argument(
            "--collection", help=_("short name of the collection (default: the only one there is)")
        )
        parser.add_argument(
            "--answers", type=Path, metavar="FILE", help=_("also write each answer as a line of JSON")
        )
        shape = parser.add_mutually_exclusive_group()
        shape.add_argument("--table", action="store_true", help=_("print the figures as readable tables"))
        shape.add_argument("--json", action="store_true", help=_("print them as one JSON object (default)"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            collection = find_collection(options["workspace"], options["collection"])
            scope = scope_of(collection)
            questions = read_questions(options["questions"])
            with self.ticking(_asking(len(questions))):
                found = outcomes(scope, questions, systems(scope.encoder))
                figures: Report = report(found, scope.encoder)
            if options["answers"]:
                _write(options["answers"], collection, found[HYBRID])
        except (NoSuchCollection, QuestionsError, EncoderUnavailable, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(as_table(figures) if options["table"] else json.dumps(figures))


def _asking(count: int) -> str:
    return ngettext(
        "Asking %(count)s question in three ways", "Asking %(count)s questions in three ways", count
    ) % {"count": count}


def _write(path: Path, collection: Collection, found: Sequence[Outcome]) -> None:
    """Write each answer as `ask --json` prints it, with the question's id and the passages that were found."""
    scope = scope_of(collection)
    with path.open("w", encoding="utf-8") as file:
        for row in found:
            shown_json = draft_json(Question(row.question.question, scope), row.draft, collection.name)
            line = {"id": row.question.id, **shown_json, "ranked": ranked_json(row.draft)}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
