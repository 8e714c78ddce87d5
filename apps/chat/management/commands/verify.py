from __future__ import annotations

import json
import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.chat.models import Answer
from apps.chat.verification import verify_answer
from apps.common.proof import Verdict


class Command(BaseCommand):
    help = "Check an answer against the stored originals. Exit code 0: verified; 1: not; 2: no such answer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("answer", help="the answer's id, as `ask --json` and the proof page show it")
        parser.add_argument("--json", action="store_true", help="print the verdict as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        answer = _find(options["answer"])
        verdict = verify_answer(answer)
        self.stdout.write(_as_json(answer, verdict) if options["json"] else _as_text(answer, verdict))
        if not verdict.verified:
            raise SystemExit(1)


def _find(text: str) -> Answer:
    try:
        return Answer.objects.get(uid=uuid.UUID(text), state="done")
    except (ValueError, Answer.DoesNotExist) as error:
        message = f"There is no finished answer {text!r}. `manage.py ask --json` prints an answer's id."
        raise CommandError(message, returncode=2) from error


def _as_json(answer: Answer, verdict: Verdict) -> str:
    return json.dumps(
        {
            "answer": str(answer.uid),
            "verified": verdict.verified,
            "quotes": verdict.quotes,
            "manifest_sha256": answer.manifest_sha256,
            "findings": [{"problem": finding.problem, "quote": finding.quote} for finding in verdict.findings],
        }
    )


def _as_text(answer: Answer, verdict: Verdict) -> str:
    if verdict.verified:
        return f"verified: {verdict.quotes} quotes stand word for word in their documents ({answer.manifest_sha256})"
    lines = [f"NOT verified: answer {answer.uid}"]
    for finding in verdict.findings:
        lines.append(f"  {f'quote {finding.quote}' if finding.quote else 'answer'}: {finding.problem}")
    return "\n".join(lines)
