"""Where no mail server is set: mail is not sent, and its links and addresses stay out of the log."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends import console
from django.utils.translation import gettext as _


class EmailBackend(console.EmailBackend):
    """Prints whole messages with DEBUG; otherwise one line for each, without its contents."""

    def write_message(self, message: EmailMessage) -> None:
        if settings.DEBUG:
            super().write_message(message)
            return
        self.stream.write(_("An e-mail was not sent: no mail server is set (EMAIL_URL).") + "\n")
