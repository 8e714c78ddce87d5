"""Without a mail server: nothing secret is printed."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMessage, get_connection
from pytest_django import Settings

SECRET = "https://quoth.example.org/accounts/password/reset/key/1-abc/"


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    message = EmailMessage("Reset your password", SECRET, "quoth@example.org", ["alice@example.org"])
    message.connection = get_connection("apps.common.mail.EmailBackend")
    assert message.send() == 1
    return capsys.readouterr().out


def test_one_line_says_that_nothing_was_sent(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.DEBUG = False
    assert printed(capsys) == "An e-mail was not sent: no mail server is set (EMAIL_URL).\n"


def test_with_debug_the_mail_is_printed(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.DEBUG = True
    text = printed(capsys)
    assert SECRET in text
    assert "alice@example.org" in text
