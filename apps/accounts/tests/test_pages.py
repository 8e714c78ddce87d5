"""Signing up, in, out and back in after a forgotten password, without a script."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from apps.accounts.models import Membership, Role, User
from apps.accounts.services import OPERATOR_EMAIL, register
from apps.common.tests.html import parse

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
OPEN_PAGES = (
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "account_inactive",
)
OWN_PAGES = ("account_logout", "account_email", "account_change_password")


@pytest.fixture
def alice() -> User:
    return register("alice@example.org", password=PASSWORD)


def test_nobody_signs_up_as_the_operator_of_the_command_line() -> None:
    Client().post(reverse("account_signup"), {"email": OPERATOR_EMAIL, "password1": PASSWORD})
    assert not User.objects.exists()


def test_sign_up_makes_a_personal_workspace() -> None:
    client = Client()
    response = client.post(reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert Membership.objects.get(user__email="new@example.org").role == Role.OWNER
    assert "new@example.org" in client.get("/").content.decode()


def test_sign_in_and_out(alice: User) -> None:
    client = Client()
    assert (
        client.post(reverse("account_login"), {"login": alice.email, "password": PASSWORD})["Location"] == "/"
    )
    assert "Sign out" in client.get("/").content.decode()
    client.post(reverse("account_logout"))
    assert "Sign in" in client.get("/").content.decode()


def test_a_wrong_password_says_so_on_the_form(alice: User) -> None:
    response = Client().post(reverse("account_login"), {"login": alice.email, "password": "wrong"})
    assert "The e-mail address or the password is wrong." in response.content.decode()


def test_a_forgotten_password(alice: User) -> None:
    client = Client()
    assert client.post(reverse("account_reset_password"), {"email": alice.email})["Location"].endswith(
        "/done/"
    )
    (address,) = re.findall(r"https?://[^/]+(/\S+)", str(mail.outbox[0].body))
    form = client.get(address, follow=True)
    changed = client.post(
        form.redirect_chain[-1][0], {"password1": "battery horse", "password2": "battery horse"}
    )
    assert changed["Location"] == reverse("account_reset_password_from_key_done")
    assert client.login(email=alice.email, password="battery horse")


def test_a_used_reset_link_says_what_to_do() -> None:
    page = Client().get(reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "x-y"}))
    assert "This link no longer works" in page.content.decode()


def test_nobody_is_called_by_an_identifier(alice: User) -> None:
    client = Client()
    response = client.post(
        reverse("account_login"), {"login": alice.email, "password": PASSWORD, "remember": "on"}, follow=True
    )
    assert not list(response.context["messages"])
    assert str(alice.uid) not in response.content.decode()


def test_mails_are_in_our_words(alice: User, settings: Settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    client = Client()
    client.post(reverse("account_signup"), {"email": "fresh@example.org", "password1": PASSWORD})
    client.post(reverse("account_logout"))
    client.post(reverse("account_signup"), {"email": alice.email, "password1": PASSWORD})
    for address in (alice.email, "nobody@example.org"):
        client.post(reverse("account_reset_password"), {"email": address})
    subjects = [message.subject for message in mail.outbox]
    assert subjects == [
        "Confirm your address at Quoth",
        "You have an account at Quoth already",
        "A new password for Quoth",
        "There is no account with your address",
    ]
    for message in mail.outbox:
        text = str(message.body)
        assert "This was sent by Quoth at testserver." in text
        assert not set("!&") & set(text)
        assert not re.search(r" [Ee]mail\b|user [0-9a-f-]{36}", text)


def test_the_only_address_is_the_main_one_and_stays(alice: User) -> None:
    client = Client()
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)
    page = reverse("account_email")
    assert not re.search("action_primary|action_remove", client.get(page).content.decode())
    EmailAddress.objects.create(user=alice, email="second@example.org")
    assert "action_primary" in client.get(page).content.decode()


def test_the_rail_leads_to_ones_own_pages(alice: User) -> None:
    client = Client()
    assert reverse("account_email") not in client.get("/").content.decode()
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    sidebar = parse(client.get("/").content).one("#sidebar footer")
    for name in ("account_email", "account_change_password"):
        assert sidebar.has(f'a[href="{reverse(name)}"]')


@pytest.mark.parametrize("name", OPEN_PAGES)
def test_pages_are_ours(name: str) -> None:
    _check(Client(), name)


@pytest.mark.parametrize("name", OWN_PAGES)
def test_pages_of_a_person_are_ours(name: str, alice: User) -> None:
    client = Client()
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    _check(client, name)


def _check(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    html = response.content.decode()
    assert response.status_code == 200
    assert '<body class="auth">' in html
    assert "<h1>" in html
    assert not re.search(r"Email|Remember Me|(?i:new password \(again\))|<li>Your password", html)
    assert "unsafe" not in response["Content-Security-Policy"]
