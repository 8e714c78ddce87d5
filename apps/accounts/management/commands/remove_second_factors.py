from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.accounts.selectors import owner_of
from apps.accounts.services import remove_second_factors
from apps.common.commands import QuothCommand


class Command(QuothCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        parser.description = _(
            "Remove passkeys, authenticator app and recovery codes of an account whose owner lost them, "
            "and sign it out everywhere."
        )
        parser.add_argument("address", help=_("e-mail address of the account"))

    def handle(self, *args: Any, **options: Any) -> None:
        user = owner_of(options["address"])
        if user is None:
            raise CommandError(_("There is no account with this address: check its spelling."))
        if remove_second_factors(user):
            self.stdout.write(_("Removed. The password alone signs in now."))
        else:
            self.stdout.write(_("The account has no second factor."))
