from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from apps.common.commands import QuothCommand
from chatbot_saas.doctor import examine


class Command(QuothCommand):
    writes_to_database = False  # checked in `chatbot_saas.doctor`

    def add_arguments(self, parser: CommandParser) -> None:
        parser.description = _(
            "Check settings, services and weights, and say what to do. Exit code 0: all is well; 1: it is not."
        )
        parser.add_argument(
            "--json", action="store_true", help=_("print one JSON list: name, hint (empty: ok)")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        findings = []
        for finding in examine():
            findings.append(finding)
            if not options["json"]:
                self.stdout.write(
                    f"{_('ok') if finding.ok else _('WRONG'):<6} {finding.name}  {finding.hint}".rstrip()
                )
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings]))
        if not all(finding.ok for finding in findings):
            raise SystemExit(1)
