"""Builds the index of the search in conversations again."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.chat.services import rebuild_search_index
from apps.common.commands import QuothCommand
from apps.common.db import lift_time_limits


class Command(QuothCommand):
    help = _("Build the index of the search in conversations again, from their questions and quotes.")

    def handle(self, *args: Any, **options: Any) -> None:
        lift_time_limits()
        with self.ticking(_("Indexing questions and quotes")):
            questions = rebuild_search_index()
        self.stdout.write(_("Indexed %(questions)d questions.") % {"questions": questions})
