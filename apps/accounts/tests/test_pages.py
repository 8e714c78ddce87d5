"""Signing up, in, out and back in after a forgotten password, without a script."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Membership, Role, User
from apps.accounts.selectors import OPERATOR_EMAIL
from apps.accounts.tests.browsing import (
    FOREIGN_WORDS,
    NEW_PASSWORD,
    PASSWORD,
    is_signed_in,
    reset_password,
    sign_in,
    sign_up,
    signed_in,
)
from apps.common.tests.html import parse

pytestmark = pytest.mark.django_db
OPEN_PAGES = (
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "account_inactive",
)


def test_nobody_signs_up_as_the_operator_of_the_command_line() -> None:
    sign_up(Client(), OPERATOR_EMAIL)
    assert not User.objects.exists()


def test_sign_in_and_out(alice: User) -> None:
    client = Client()
    assert sign_in(client, alice.email).status_code == 302
    assert is_signed_in(client)
    client.post(reverse("account_logout"))
    assert "Sign in" in client.get("/").content.decode()


def test_a_wrong_password_says_so_on_the_form(alice: User) -> None:
    response = sign_in(Client(), alice.email, "wrong")
    assert "The e-mail address or the password is wrong." in response.content.decode()


def test_people_of_createsuperuser_get_a_workspace_when_they_sign_in() -> None:
    sam = User.objects.create_superuser("Sam@Example.org", PASSWORD)
    signed_in("sam@example.org")
    assert Membership.objects.get(user=sam).role == Role.OWNER
    assert EmailAddress.objects.get(user=sam).email == "sam@example.org"


@pytest.mark.usefixtures("mail_server")
def test_a_forgotten_password(alice: User) -> None:
    assert reset_password(alice.email)
    assert not is_signed_in(Client())
    signed_in(alice.email, NEW_PASSWORD)


def test_without_a_mail_server_the_reset_page_says_whom_to_ask(alice: User) -> None:
    client = Client()
    for answer in (
        client.get(reverse("account_reset_password")),
        client.post(reverse("account_reset_password"), {"email": alice.email}),
    ):
        assert "This site cannot send e-mail" in answer.content.decode()
        assert "Ask whoever runs it to set a new password" in answer.content.decode()
        assert "manage.py" not in answer.content.decode()
        assert not parse(answer.content).has("main form")
    assert not mail.outbox


def test_a_used_reset_link_says_what_to_do() -> None:
    page = Client().get(reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "x-y"}))
    assert "This link no longer works" in page.content.decode()


def test_a_confirmation_link_that_is_worth_nothing_says_so() -> None:
    address = reverse("account_confirm_email", args=["forged"])
    for answer in (Client().get(address), Client().post(address)):
        assert answer.status_code == 200
        assert "This link no longer works" in answer.content.decode()


def test_nobody_is_called_by_an_identifier(alice: User) -> None:
    client = Client()
    response = client.post(
        reverse("account_login"), {"login": alice.email, "password": PASSWORD, "remember": "on"}, follow=True
    )
    assert not list(response.context["messages"])
    assert str(alice.uid) not in response.content.decode()


@pytest.mark.usefixtures("mail_server")
def test_mails_are_in_our_words(alice: User) -> None:
    for email in ("fresh@example.org", alice.email):
        sign_up(Client(), email)
    for email in (alice.email, "nobody@example.org"):
        Client().post(reverse("account_reset_password"), {"email": email})
    subjects = [message.subject for message in mail.outbox]
    assert subjects == [
        "Confirm your address for Quoth",
        "You already have a Quoth account",
        "Reset your Quoth password",
        "There is no account with your address",
    ]
    for message in mail.outbox:
        text = str(message.body)
        assert "Sent by Quoth at 127.0.0.1:8000." in text
        assert not set("!&") & set(text)
        assert not re.search(r" [Ee]mail\b|user [0-9a-f-]{36}", text)


@pytest.mark.usefixtures("mail_server")
def test_a_mail_server_that_is_away_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMessage, "send", away)
    response = sign_up(Client(), "new@example.org")
    assert response.status_code == 503
    assert "E-mail cannot be sent right now." in response.content.decode()


def test_a_page_that_expired_says_so() -> None:
    client = Client(enforce_csrf_checks=True)
    response = sign_in(client, "alice@example.org")
    assert response.status_code == 403
    assert "This page has expired" in response.content.decode()


@pytest.mark.parametrize("name", OPEN_PAGES)
def test_pages_are_ours(name: str) -> None:
    _check(Client(), name)


def _check(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    html = response.content.decode()
    assert response.status_code == 200
    assert '<body class="auth">' in html
    assert "<h1>" in html
    assert not re.search(FOREIGN_WORDS, html)
    assert "unsafe" not in response["Content-Security-Policy"]
