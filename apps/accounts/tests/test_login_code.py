"""Sign-in by a code that is sent by e-mail."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from apps.accounts.models import User
from apps.accounts.services import save_account
from apps.accounts.tests.browsing import is_signed_in, signed_in
from apps.accounts.tests.second_factors import give_app
from apps.common.tests.html import get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_server")]
REQUEST, CONFIRM = "account_request_login_code", "account_confirm_login_code"


def request_code(client: Client, email: str) -> Any:
    return client.post(reverse(REQUEST), {"email": email})


def sent_code() -> str:
    found = re.search(r"^\S{6,10}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found[0]


def enter(client: Client, code: str) -> Any:
    return client.post(reverse(CONFIRM), {"code": code})


def test_the_code_signs_in_once_and_in_its_browser_alone(alice: User) -> None:
    client, other = Client(), Client()
    assert request_code(client, "Alice@Example.org")["Location"] == reverse(CONFIRM)
    assert mail.outbox[-1].to == [alice.email]
    enter(other, sent_code())
    assert not is_signed_in(other)
    enter(client, sent_code())
    assert is_signed_in(client)


def test_an_unknown_address_looks_the_same(alice: User) -> None:
    pages = []
    for email in (alice.email, "nobody@example.org"):
        client = Client()
        request_code(client, email)
        pages.append(get(client, reverse(CONFIRM)).one("main").text.replace(email, "ADDRESS"))
        wrong = enter(client, "WRONG-1").content.decode()
        assert "That did not work" in wrong or "wrong" in wrong
    assert pages[0] == pages[1]
    assert "There is no account" in mail.outbox[-1].subject


def test_a_second_factor_is_asked_for_too(alice: User) -> None:
    give_app(alice)
    client = Client()
    request_code(client, alice.email)
    assert enter(client, sent_code())["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)


def test_ten_tries_in_five_minutes_whatever_session_and_code(alice: User, settings: Settings) -> None:
    """Even if requests for codes were not limited."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"request_login_code": None}
    tried = 0
    for number in range(8):
        client = Client(headers={"X-Forwarded-For": f"192.0.2.{number}"}, REMOTE_ADDR=f"10.0.0.{number}")
        request_code(client, alice.email)
        tried += sum("Try again later" not in enter(client, "WRONG-1").content.decode() for _ in range(2))
    assert tried == 10
    request_code(client, alice.email)
    enter(client, sent_code())
    assert not is_signed_in(client)


def test_three_codes_in_five_minutes(alice: User) -> None:
    for _ in range(5):
        request_code(Client(), alice.email)
    assert len(mail.outbox) == 3


def test_a_stranger_locks_nobody_out_of_a_browser_that_the_account_knows(alice: User) -> None:
    owner = signed_in(alice.email)
    owner.post(reverse("account_logout"))
    for number in range(5):
        stranger = Client(REMOTE_ADDR=f"10.0.0.{number}")
        request_code(stranger, alice.email)
        for _ in range(3):
            enter(stranger, "WRONG-1")
    request_code(owner, alice.email)
    enter(owner, sent_code())
    assert is_signed_in(owner)


def test_a_code_ends_after_three_wrong_ones(alice: User) -> None:
    client = Client()
    request_code(client, alice.email)
    code = sent_code()
    for _ in range(3):
        enter(client, "WRONG-1")
    enter(client, code)
    assert not is_signed_in(client)


def test_a_code_ends_with_the_address_that_it_was_sent_to(alice: User) -> None:
    client = Client()
    request_code(client, alice.email)
    alice.email = "new@example.org"
    save_account(alice, changed=["email"])
    enter(client, sent_code())
    assert not is_signed_in(client)


def test_closed_accounts_get_none(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    client = Client()
    request_code(client, alice.email)
    assert "There is no account" in mail.outbox[-1].subject


def test_without_mail_the_page_says_so(alice: User, settings: Settings) -> None:
    settings.MAIL_IS_SENT = False
    assert "cannot send e-mail" in request_code(Client(), alice.email).content.decode()
    assert not mail.outbox
    assert reverse(REQUEST) not in Client().get(reverse("account_login")).content.decode()
