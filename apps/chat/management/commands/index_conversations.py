"""Builds the index of the search in conversations again."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from apps.chat.services import rebuild_search_index
from apps.common.commands import QuothCommand
from apps.common.db import lift_time_limits


class Command(QuothCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.description = _(
            "Build the index of the search in conversations again, from their questions and quotes."
        )
        parser.add_argument("--json", action="store_true", help=_("print one JSON object: questions"))

    def handle(self, *args: Any, **options: Any) -> None:
        lift_time_limits()
        with self.ticking(_("Indexing questions and quotes")):
            done = {"questions": rebuild_search_index()}
        line = _("Indexed %(questions)d questions.") % done
        self.stdout.write(json.dumps(done) if options["json"] else line)
