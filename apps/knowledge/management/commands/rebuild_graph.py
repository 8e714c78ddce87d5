"""Drop what the store holds and build it again from the database."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from apps.common.commands import QuothCommand
from apps.common.db import lift_time_limits
from apps.knowledge.search.rebuilding import rebuild


class Command(QuothCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.description = _(
            "Drop the knowledge store's index and graph, and build them again: the answers stay the same."
        )
        parser.add_argument(
            "--json", action="store_true", help=_("print one JSON object: store, passages, seconds")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        start = time.monotonic()
        lift_time_limits()
        with self.ticking(_("Counting terms and building the store")):
            passages = rebuild()
        done = {
            "store": settings.QUOTH_STORE,
            "passages": passages,
            "seconds": round(time.monotonic() - start, 1),
        }
        line = _("Rebuilt the %(store)s store: %(passages)s passages in %(seconds)s s.") % done
        self.stdout.write(json.dumps(done) if options["json"] else line)
