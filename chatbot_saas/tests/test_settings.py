"""What the environment may and may not change."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatbot_saas.tests.installation import Installation

SHOW = (
    "from django.conf import settings as s;"
    "print(s.EMAIL_BACKEND, s.MAIL_IS_SENT, s.ACCOUNT_EMAIL_VERIFICATION, s.CSRF_TRUSTED_ORIGINS, s.SECURE_SSL_HOST)"
)


def installation(folder: Path, **settings: str) -> Installation:
    return Installation(folder, SECRET_KEY="x" * 50, **settings)


@pytest.mark.parametrize(
    ("url", "backend", "verification"),
    [
        ("", "apps.common.mail.EmailBackend", "False none"),
        ("consolemail://", "apps.common.mail.EmailBackend", "False none"),
        ("smtp://localhost:25", "django.core.mail.backends.smtp.EmailBackend", "True mandatory"),
        ("filemail:///tmp/mail", "django.core.mail.backends.filebased.EmailBackend", "True mandatory"),
    ],
)
def test_addresses_must_be_confirmed_wherever_mail_is_sent(
    url: str, backend: str, verification: str, tmp_path: Path
) -> None:
    variables = {"EMAIL_URL": url} if url else {}
    quoth = installation(
        tmp_path, ACCOUNT_EMAIL_VERIFICATION="none", QUOTH_URL="https://quoth.example.org/", **variables
    )
    shown = quoth.manage("shell", "-v", "0", "-c", SHOW).strip()
    assert shown == f"{backend} {verification} ['https://quoth.example.org'] quoth.example.org"


@pytest.mark.parametrize("url", ["quoth.example.org", "ftp://quoth.example.org", "https://", ""])
def test_an_address_of_the_site_that_is_none_is_refused(url: str, tmp_path: Path) -> None:
    done = installation(tmp_path, QUOTH_URL=url).run("check")
    assert done.returncode != 0
    assert "set it to an address such as" in done.stderr
