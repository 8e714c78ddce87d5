"""A new account gets to the welcome page, and to it once."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.tests.browsing import PASSWORD, confirm, sign_in, sign_up

pytestmark = pytest.mark.django_db
WELCOME = "/welcome/"


def signed_up_from(client: Client, page: str) -> str:
    """The address of the sign-in page that it leads to."""
    form = {"email": "new@example.org", "password1": PASSWORD, "next": page}
    return str(client.post(reverse("account_signup"), form)["Location"])


def where_signing_in_leads(client: Client, address: str, email: str = "new@example.org") -> str:
    field = client.get(address).context["redirect_field_value"]
    form = {"login": email, "password": PASSWORD} | ({"next": field} if field else {})
    return str(client.post(reverse("account_login"), form)["Location"])


@pytest.mark.parametrize(
    ("came_from", "leads_to"),
    [
        ("", WELCOME),
        ("/", WELCOME),
        ("/conversations/1/?a=b", "/welcome/?next=%2Fconversations%2F1%2F%3Fa%3Db"),
        ("//evil.example/", WELCOME),
        ("https://evil.example/", WELCOME),
    ],
)
def test_signing_up_leads_to_it(came_from: str, leads_to: str) -> None:
    client = Client()
    assert where_signing_in_leads(client, signed_up_from(client, came_from)) == leads_to


@pytest.mark.usefixtures("mail_server")
def test_with_a_mail_server_the_link_leads_to_it() -> None:
    client = Client()
    sign_up(client, "new@example.org")
    address = confirm(client, "new@example.org")["Location"]
    assert where_signing_in_leads(client, address) == WELCOME


@pytest.mark.parametrize("start", ["/", "/?collection=1"])
def test_whoever_signs_in_first_without_having_signed_up_gets_there_too(alice: User, start: str) -> None:
    form = {"login": alice.email, "password": PASSWORD, "next": start}
    assert Client().post(reverse("account_login"), form)["Location"] == WELCOME


def test_it_is_not_shown_again(alice: User) -> None:
    assert [sign_in(Client(), alice.email)["Location"] for _ in range(3)] == [WELCOME, "/", "/"]


def test_a_page_that_was_asked_for_comes_before_it(alice: User) -> None:
    form = {"login": alice.email, "password": PASSWORD, "next": "/collections/new/"}
    assert Client().post(reverse("account_login"), form)["Location"] == "/collections/new/"
