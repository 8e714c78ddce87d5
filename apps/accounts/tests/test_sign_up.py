"""Signing up: with and without a mail server, and without telling who has an account."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from apps.accounts.models import Membership, Role, User
from apps.accounts.tests.browsing import (
    NEW_PASSWORD,
    PASSWORD,
    change_address,
    confirm,
    is_signed_in,
    links_to,
    sign_in,
    sign_up,
    signed_in,
)

VARYING = {"Content-Length", "Expires"}  # the token has any length; the time is that of the response
pytestmark = pytest.mark.django_db
READY = "If there was no account with this address yet, it is ready"


def seen(client: Client, response: Any) -> tuple[object, ...]:
    """All that tells one answer from another: its own, and the page it leads to."""
    page = client.get(response["Location"])
    headers = {name: value for name, value in response.items() if name not in VARYING}
    body = page.content.decode().replace("taken@example.org", "new@example.org")
    token = client.cookies["csrftoken"].value
    for field in body.split('name="csrfmiddlewaretoken" value="')[1:]:
        body = body.replace(field.split('"')[0], token)
    return response.status_code, headers, sorted(response.cookies), body.replace(token, "")


def both(password: str = PASSWORD) -> list[tuple[object, ...]]:
    """What a visitor sees for a new address and for a taken one."""
    answers = []
    for email in ("new@example.org", "taken@example.org"):
        client = Client()
        client.get(reverse("account_signup"))
        answers.append(seen(client, sign_up(client, email, password)))
    return answers


@pytest.fixture
def taken() -> User:
    return User.objects.create_user("taken@example.org", PASSWORD)


def test_without_a_mail_server_a_new_and_a_taken_address_look_the_same(taken: User) -> None:
    new, other = both()
    assert new == other
    assert READY in str(new[-1])
    assert not mail.outbox


@pytest.mark.usefixtures("mail_server")
def test_with_a_mail_server_they_look_the_same_too(taken: User) -> None:
    new, other = both()
    assert new == other
    assert "Check your e-mail" in str(new[-1])
    assert [message.to for message in mail.outbox] == [["new@example.org"], ["taken@example.org"]]


class CountingHasher(MD5PasswordHasher):
    """Hashing is what takes the time in production: 0.3 s, against a few milliseconds for all the rest."""

    algorithm = "counting"
    passwords: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.passwords.append(password)
        return super().encode(password, salt)


@pytest.mark.parametrize("with_mail", [False, True])
def test_they_take_as_long(
    with_mail: bool, taken: User, settings: Settings, request: pytest.FixtureRequest
) -> None:
    if with_mail:
        request.getfixturevalue("mail_server")
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    counts = []
    for email in ("new@example.org", "taken@example.org"):
        CountingHasher.passwords.clear()
        sign_up(Client(), email)
        counts.append(len(CountingHasher.passwords))
    assert counts == [1, 1]


def test_a_taken_address_keeps_its_password(taken: User) -> None:
    sign_up(Client(), "Taken@Example.org", NEW_PASSWORD)
    assert User.objects.get() == taken
    assert "wrong" in sign_in(Client(), "taken@example.org", NEW_PASSWORD).content.decode()


def test_without_a_mail_server_one_signs_in_with_the_password_chosen() -> None:
    client = Client()
    response = sign_up(client, "new@example.org")
    assert urlsplit(response["Location"]).path == reverse("account_login")
    assert not is_signed_in(client)
    sign_in(client, "new@example.org")
    assert is_signed_in(client)
    assert Membership.objects.get(user__email="new@example.org").role == Role.OWNER


@pytest.mark.usefixtures("mail_server")
def test_with_a_mail_server_one_signs_in_after_confirming() -> None:
    client = Client()
    sign_up(client, "new@example.org")
    assert not is_signed_in(client)
    assert sign_in(client, "new@example.org")["Location"] == reverse("account_email_verification_sent")
    assert not is_signed_in(client)
    confirm(client, "new@example.org")
    signed_in("new@example.org")


def test_two_who_sign_up_at_once_are_no_error(monkeypatch: pytest.MonkeyPatch, taken: User) -> None:
    """The address is taken after it was looked up."""
    monkeypatch.setattr("apps.accounts.forms.owner_of", lambda email: None)
    assert sign_up(Client(), "taken@example.org").status_code == 302
    assert User.objects.get() == taken


@pytest.mark.usefixtures("mail_server")
def test_an_address_that_someone_only_wants_to_change_to_is_free(alice: User) -> None:
    change_address(signed_in(alice.email), "bob@example.org")
    assert EmailAddress.objects.filter(user=alice, email="bob@example.org").exists()
    bob = Client()
    sign_up(bob, "bob@example.org", NEW_PASSWORD)
    confirm(bob, "bob@example.org")
    signed_in("bob@example.org", NEW_PASSWORD)
    assert not EmailAddress.objects.filter(user=alice, email="bob@example.org").exists()


def test_closed(settings: Settings) -> None:
    settings.SIGN_UP_OPEN = False
    client = Client()
    for response in (client.get(reverse("account_signup")), sign_up(client, "new@example.org")):
        assert "Sign-up is closed" in response.content.decode()
    assert not User.objects.exists()
    for page in ("/", reverse("account_login")):
        assert reverse("account_signup") not in client.get(page).content.decode()


@pytest.mark.usefixtures("mail_server")
def test_closed_sign_up_is_not_offered_by_mail(settings: Settings) -> None:
    settings.SIGN_UP_OPEN = False
    Client().post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert not links_to("nobody@example.org")
    assert "Ask whoever runs the site" in str(mail.outbox[0].body)
