"""Asks a question from the command line, with the same services and the same stored rows as in the browser."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from pydantic import TypeAdapter, ValidationError

from apps.chat.answering.follow_ups import Turn
from apps.chat.config import follow_up_config
from apps.chat.evaluation.history import History, turns_of
from apps.chat.models import AnswerStatus
from apps.chat.presentation.answer_json import AnswerJson, answer_json
from apps.chat.presentation.replies import approved_by
from apps.chat.services import ask_now
from apps.common.commands import QuothCommand
from apps.knowledge.management.short_names import NoSuchCollection, find_collection
from apps.models.inference.weights import EncoderUnavailable


class Command(QuothCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.description = _(
            "Ask a collection. Exit code 0: answered or refused; 1: it could not be asked."
        )
        parser.add_argument("question", help=_("in quotation marks; - reads it from standard input"))
        parser.add_argument(
            "--workspace", default="demo", help=_("short name of the workspace (default: demo)")
        )
        parser.add_argument(
            "--collection", help=_("short name of the collection (default: the only one there is)")
        )
        parser.add_argument(
            "--history",
            metavar="JSON",
            help=_("earlier turns: a JSON list of questions or of objects with question and quotes"),
        )
        parser.add_argument("--json", action="store_true", help=_("print the answer as one JSON object"))

    def handle(self, *args: Any, **options: Any) -> None:
        text = sys.stdin.read() if options["question"] == "-" else options["question"]
        try:
            with self.ticking(_("Looking for an answer")):
                collection = find_collection(options["workspace"], options["collection"])
                shown_json = answer_json(ask_now(collection, text, _turns(options["history"])))
        except (NoSuchCollection, EncoderUnavailable) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            json.dumps(shown_json, ensure_ascii=False) if options["json"] else _as_text(shown_json)
        )


def _turns(history: str | None) -> tuple[Turn, ...]:
    try:
        rows = TypeAdapter(History).validate_json(history or "[]")
    except ValidationError as error:
        raise CommandError(
            _("--history is not valid. Give a JSON list such as %(example)s.")
            % {"example": '[{"question": "...", "quotes": ["..."]}]'}
        ) from error
    return turns_of(rows, follow_up_config().turns)


def _as_text(shown_json: AnswerJson) -> str:
    if shown_json["status"] == AnswerStatus.SMALL_TALK:
        return str(shown_json["answer"])
    if shown_json["approved"] and not shown_json["parts"]:
        return "\n".join(_answer_lines(shown_json))
    lines = [line for part in shown_json["parts"] for line in (part["question"], "", *_answer_lines(part))]
    check = _("Check it: manage.py verify %(answer)s") % {"answer": shown_json["answer_id"]}
    return "\n".join([*(lines or _answer_lines(shown_json)), check])


def _answer_lines(shown_json: AnswerJson) -> list[str]:
    """Of an answer, or of one of its parts."""
    if approved := shown_json["approved"]:
        written = approved_by(approved["role"], datetime.fromisoformat(approved["approved_at"]))
        shown = [str(AnswerStatus.APPROVED.label), "", approved["text"], "", written, ""]
        return [*shown, *_sources(shown_json)]
    refused = shown_json["status"] == AnswerStatus.REFUSED
    shown = shown_json["nearest"] if refused else shown_json["quotes"]
    lines = [_strength(shown_json), ""]
    if shown_json["unresolved"]:
        lines = [
            _("It is not clear what this question refers to. Ask it as a whole question, or give --history."),
            "",
        ]
    elif refused and shown:
        lines[1:] = [_("The documents do not say. Nearest passages:"), ""]
    for span in shown:
        place = " › ".join(filter(None, (span["document"], span["heading"])))
        lines += [f"“{span['text']}”", f"    {place} [{span['start']}:{span['end']}]"]
        if span["unreliable"]:
            lines.append(
                "    " + _("The text of this page could not be read reliably. Compare it with the original.")
            )
        lines.append("")
    return lines


def _sources(shown_json: AnswerJson) -> list[str]:
    return [
        line
        for span in shown_json["quotes"]
        for line in (f"“{span['text']}”", f"    {span['document']} [{span['start']}:{span['end']}]", "")
    ]


def _strength(shown_json: AnswerJson) -> str:
    if shown_json["named_place"]:
        return _("From %(place)s") % {"place": shown_json["named_place"]}
    label = (
        _("Closest passages (may not answer)")
        if shown_json["weak"]
        else AnswerStatus(shown_json["status"]).label
    )
    return f"{label} ({shown_json['first_quote'] or shown_json['confidence']:.2f})"
