from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.common.commands import QuothCommand
from chatbot_saas.server import NotServed, port_number, serve


class Command(QuothCommand):
    help = "Serve pages and sockets. In the embedded profile this one process does all the work."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
        parser.add_argument(
            "--port", type=port_number, default=8000, help="port to listen on (default: 8000)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        ready = _("Quoth is ready at %(address)s") % {"address": f"http://{host}:{port}"}
        try:
            serve(host, port, on_ready=lambda: self.stdout.write(ready, self.style.SUCCESS))
        except NotServed as error:
            raise CommandError(str(error)) from error
