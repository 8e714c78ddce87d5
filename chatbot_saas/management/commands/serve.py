from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.common.commands import QuothCommand
from chatbot_saas.serving.server import NotServed, port_number, serve


class Command(QuothCommand):
    writes_to_database = False  # checked in `chatbot_saas.serving.server`

    def add_arguments(self, parser: CommandParser) -> None:
        parser.description = _(
            "Serve pages and sockets. In the embedded profile this one process does all the work."
        )
        parser.add_argument(
            "--host", default="127.0.0.1", help=_("address to listen on (default: 127.0.0.1)")
        )
        parser.add_argument(
            "--port", type=port_number, default=8000, help=_("port to listen on (default: 8000)")
        )
        parser.add_argument(
            "--json", action="store_true", help=_("print the address as one JSON line when ready")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        sentence = _("Quoth is ready at %(address)s") % {"address": address}
        line = json.dumps({"address": address}) if options["json"] else sentence
        try:
            serve(host, port, on_ready=lambda: self._print(line))
        except NotServed as error:
            raise CommandError(str(error)) from error

    def _print(self, line: str) -> None:
        """At once: whoever reads it through a pipe waits for it."""
        self.stdout.write(line)
        self.stdout.flush()
