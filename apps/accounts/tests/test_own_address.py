"""Links in mail and redirects lead to this site, whatever a request claims."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from apps.accounts.models import User
from apps.accounts.tests.browsing import PASSWORD, change_address, sign_in, sign_up, signed_in

pytestmark = pytest.mark.django_db
SECOND = "second.example.org"
ELSEWHERE = (
    "https://evil.example/", "//evil.example/", "/\\evil.example/", "http:evil.example", "javascript:alert(1)",
    "http://testserver/", f"https://{SECOND}/", "https://quoth.example.org/", "evil", "\t//evil.example/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _two_hosts(settings: Settings) -> None:
    settings.QUOTH_URL = "https://quoth.example.org:8443"
    settings.ALLOWED_HOSTS = ["testserver", SECOND]
    settings.CSRF_TRUSTED_ORIGINS = ["https://quoth.example.org:8443", f"https://{SECOND}"]


@pytest.mark.usefixtures("mail_server")
def test_every_mail_names_the_address_of_the_site_alone(alice: User) -> None:
    client = Client(headers={"host": SECOND, "X-Forwarded-Host": "evil.example"})
    for email in ("new@example.org", alice.email):
        sign_up(client, email)
    for email in (alice.email, "nobody@example.org"):
        client.post(reverse("account_reset_password"), {"email": email})
    sign_in(client, alice.email)
    change_address(client, "other@example.org")
    assert len(mail.outbox) == 5
    for message in mail.outbox:
        text = f"{message.subject} {message.body} {message.from_email}"
        links = re.findall(r"\S*://\S*", text)
        assert len(links) == 1
        assert links[0].startswith("https://quoth.example.org:8443/accounts/")
        assert "Sent by Quoth at quoth.example.org:8443." in text
        assert SECOND not in text
        assert "evil" not in text


@pytest.mark.parametrize("url", ELSEWHERE)
def test_next_leads_to_no_other_site(url: str, alice: User) -> None:
    form = {"login": alice.email, "password": PASSWORD, "next": url}
    assert Client().post(reverse("account_login"), form)["Location"] == "/"
    client = signed_in(alice.email)
    assert client.get(reverse("account_login"), {"next": url})["Location"] == "/"
    assert client.post(reverse("account_logout"), {"next": url})["Location"] == "/"
    staff = Client().get("/admin/login/", {"next": url})["Location"]
    assert staff.startswith("/accounts/login/?next=%2Fadmin%2Flogin%2F")


def test_next_leads_to_pages_of_this_site(alice: User) -> None:
    form = {"login": alice.email, "password": PASSWORD, "next": "/collections/new/?a=b"}
    assert Client().post(reverse("account_login"), form)["Location"] == "/collections/new/?a=b"


def test_https_is_asked_for_at_the_address_of_the_site(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_SSL_HOST = "quoth.example.org:8443"
    response = Client(headers={"host": SECOND}).get("/accounts/login/")
    assert response["Location"] == "https://quoth.example.org:8443/accounts/login/"
