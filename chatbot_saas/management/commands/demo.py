from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.common.commands import QuothCommand
from chatbot_saas.demonstration import COLLECTION, WORKSPACE, DemoError, Login, prepare
from chatbot_saas.serving.server import NotServed, port_number, serve

HOST = "127.0.0.1"


class Command(QuothCommand):
    writes_to_database = False  # checked in `chatbot_saas.demonstration`

    def add_arguments(self, parser: CommandParser) -> None:
        parser.description = _(
            "Set up a demo with the product's own documentation, and serve it on this machine."
        )
        parser.add_argument("--prepare", action="store_true", help=_("do all but serve"))
        parser.add_argument(
            "--port", type=port_number, default=8000, help=_("port to serve on (default: 8000)")
        )
        parser.add_argument(
            "--json", action="store_true", help=_("print address and logins as one JSON line")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            logins = prepare(self._progress)
        except DemoError as error:
            raise CommandError(str(error)) from error
        address = f"http://{HOST}:{options['port']}"
        lines = _as_json(address, logins) if options["json"] else _as_text(address, logins)
        if options["prepare"]:
            self._print(lines)
            return
        self._progress(_("Server"))
        try:
            serve(HOST, options["port"], on_ready=lambda: self._print(lines))
        except NotServed as error:
            raise CommandError(str(error)) from error

    def _progress(self, step: str) -> None:
        self.stderr.write(f"- {step}", self.style.NOTICE)
        self.stderr.flush()

    def _print(self, lines: str) -> None:
        self.stdout.write(lines)
        self.stdout.flush()


def _as_json(address: str, logins: list[Login]) -> str:
    return json.dumps(
        {
            "address": address,
            "logins": [asdict(login) for login in logins],
            "workspace": WORKSPACE,
            "collection": COLLECTION,
        }
    )


def _as_text(address: str, logins: list[Login]) -> str:
    people = [f"  {login.email}  {login.password}  ({login.role})" for login in logins]
    return "\n".join(
        [
            _("Quoth is at %(address)s") % {"address": address},
            _("Ask the documentation without an account, or sign in as:")
            if people
            else _("Ask the documentation without an account, or sign in as before."),
            *people,
        ]
    )
