from __future__ import annotations

import json
import uuid
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.chat.answering.verification import verify_answer
from apps.chat.models import Answer
from apps.common.commands import QuothCommand
from apps.common.proof import Finding, Problem, Verdict

GUARANTEE = gettext_lazy(
    "Compared: each original file and the text that was extracted from it with the checksums recorded for the answer, "
    "and each quote with that text, character by character. Not compared: the extracted text with what a person sees "
    "in the original."
)
UNRELIABLE = gettext_lazy("The text of this page could not be read reliably. Compare it with the original.")


class Command(QuothCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        parser.description = _(
            "Check an answer against the stored originals. %(guarantee)s Exit code 0: verified; 1: not; 2: no such "
            "answer."
        ) % {"guarantee": GUARANTEE}
        parser.add_argument("answer", help=_("the answer's id, as `ask --json` and the proof page show it"))
        parser.add_argument("--json", action="store_true", help=_("print the verdict as JSON"))

    def handle(self, *args: Any, **options: Any) -> None:
        answer = _find(options["answer"])
        with self.ticking(_("Reading the originals")):
            verdict = verify_answer(answer)
        self.stdout.write(_as_json(answer, verdict) if options["json"] else _as_text(answer, verdict))
        if not verdict.verified:
            raise SystemExit(1)


def _find(text: str) -> Answer:
    try:
        return Answer.objects.get(uid=uuid.UUID(text), state="done")
    except (ValueError, Answer.DoesNotExist) as error:
        message = _("There is no finished answer %(id)s. `manage.py ask --json` prints an answer's id.")
        raise CommandError(message % {"id": text}, returncode=2) from error


def _as_json(answer: Answer, verdict: Verdict) -> str:
    return json.dumps(
        {
            "answer": str(answer.uid),
            "verified": verdict.verified,
            "quotes": verdict.quotes,
            "manifest_sha256": answer.manifest_sha256,
            "guarantee": str(GUARANTEE),
            "unreliable_quotes": list(verdict.unreliable),
            "findings": [
                {"problem": finding.problem, "quote": finding.quote} for finding in verdict.findings
            ],
        }
    )


def _as_text(answer: Answer, verdict: Verdict) -> str:
    if verdict.verified:
        message = ngettext(
            "verified: %(count)d quote is unchanged in the text of its document (%(sha256)s)",
            "verified: %(count)d quotes are unchanged in the text of their documents (%(sha256)s)",
            verdict.quotes,
        )
        lines = [message % {"count": verdict.quotes, "sha256": answer.manifest_sha256}]
    else:
        lines = [_failure(verdict) % {"id": answer.uid}, *map(_line, verdict.findings)]
    lines += [_line_of(number, UNRELIABLE) for number in verdict.unreliable]
    return "\n".join([*lines, str(GUARANTEE)])


def _failure(verdict: Verdict) -> str:
    if all(finding.problem is Problem.SOURCE_DELETED for finding in verdict.findings):
        return _("NOT verified: answer %(id)s is unchanged, but documents that it quotes have been deleted")
    return _("NOT verified: answer %(id)s")


def _line(finding: Finding) -> str:
    return _line_of(finding.quote, finding.problem)


def _line_of(quote: int, text: object) -> str:
    place = _("quote %(number)d") % {"number": quote} if quote else _("answer")
    return f"  {place}: {text}"
