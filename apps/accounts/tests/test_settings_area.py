"""The pages of one's own account: they stand beside the sidebar, and lead to one another."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from apps.accounts.device import known_device
from apps.accounts.models import User
from apps.accounts.tests.browsing import FOREIGN_WORDS, is_signed_in, sign_in, signed_in
from apps.common.tests.html import get, parse

pytestmark = pytest.mark.django_db
TABS = ("account_profile", "mfa_index", "account_sessions", "workspaces")
KEYS = "account_api_keys"  # a tab that asks for the password first
BESIDE_THEM = (
    "account_email",
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "account_reset_password",
    "account_reset_password_done",
    "account_email_verification_sent",
)


@pytest.fixture
def client(alice: User) -> Client:
    return signed_in(alice.email)


@pytest.mark.parametrize("name", TABS + BESIDE_THEM)
def test_a_page_has_the_sidebar_the_tabs_and_a_heading(name: str, client: Client) -> None:
    response = client.get(reverse(name))
    page = parse(response.content)
    assert page.has(".sidebar")
    assert len(page.all("h1")) == 1
    assert page.one("title").text.endswith(" – Quoth")
    assert {link["href"] for link in page.all(".tabs a")} == {reverse(tab) for tab in (*TABS, KEYS)}
    current = [link["href"] for link in page.all('.tabs [aria-current="page"]')]
    assert current == ([reverse(name)] if name in TABS else [])
    assert not re.search(FOREIGN_WORDS, str(page.one("main").text))
    assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("name", [*TABS, KEYS])
def test_a_visitor_signs_in_first(name: str) -> None:
    assert Client().get(reverse(name))["Location"] == f"{reverse('account_login')}?next={reverse(name)}"


def test_the_sidebar_leads_there(client: Client) -> None:
    assert get(client, "/").one(".sidebar footer .person")["href"] == reverse("account_profile")
    assert not get(Client(), "/").has(".sidebar .person")


def test_staff_find_the_administration(client: Client, alice: User) -> None:
    assert not get(client, reverse("account_profile")).has('.tabs a[href="/admin/"]')
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    assert get(client, reverse("account_profile")).has('.tabs a[href="/admin/"]')


def test_a_name_is_saved_and_shown(client: Client, alice: User) -> None:
    client.post(reverse("account_profile"), {"theme": "system", "name": " Amina \u202eal-Zahra\n"})
    alice.refresh_from_db()
    assert alice.name == "Amina al-Zahra"
    page = get(client, reverse("account_profile"))
    assert page.one(".person span").text == "Amina al-Zahra"
    assert "Your profile has been saved." in page.one(".notices").text
    client.post(reverse("account_profile"), {"theme": "system", "name": ""})
    assert get(client, reverse("account_profile")).one(".person span").text == alice.email


def test_a_name_that_is_too_long_is_refused(client: Client, alice: User) -> None:
    response = client.post(reverse("account_profile"), {"name": "x" * 151})
    assert response.status_code == 400
    field = parse(response.content).one(".field")
    assert field.one("input")["aria-describedby"].split()[-1] == field.one(".error")["id"]
    alice.refresh_from_db()
    assert alice.name == ""


def test_signing_out_other_browsers_ends_them_and_not_this_one(client: Client, alice: User) -> None:
    other, remembered = signed_in(alice.email), signed_in(alice.email)
    client.get(reverse("account_sessions"))
    assert is_signed_in(other)
    page = client.post(reverse("account_sessions"), follow=True)
    assert "All other browsers have been signed out." in page.content.decode()
    assert is_signed_in(client)
    assert not is_signed_in(other)
    alice.refresh_from_db()
    request = client.get("/").wsgi_request
    assert known_device(request, alice)
    assert not known_device(remembered.get("/").wsgi_request, alice)


def test_a_form_that_was_sent_twice_is_no_error(client: Client) -> None:
    for _ in range(2):
        assert client.post(reverse("account_sessions"))["Location"] == reverse("account_sessions")
    assert is_signed_in(client)


def test_signing_out_says_so(client: Client, alice: User) -> None:
    assert "You are signed out." in client.post(reverse("account_logout"), follow=True).content.decode()
    sign_in(client, alice.email)
    assert is_signed_in(client)


def test_a_missing_page_calls_no_collection_ones_own(client: Client) -> None:
    """Public collections are in the list."""
    assert get(client, "/nothing/", status=404).one("#error-collections").text == "Collections"


def test_the_colours_of_the_system_have_a_short_name(client: Client) -> None:
    assert get(client, "/").one('.theme button[value=""]')["title"] == "System"


def test_times_are_in_the_persons_zone_and_colours_follow_them(client: Client, alice: User) -> None:
    UserSession.objects.update(created_at=datetime(2020, 1, 1, 23, 0, tzinfo=UTC))
    assert "signed in on 1 January 2020" in get(client, reverse("account_sessions")).text
    form = {"name": "", "time_zone": "Asia/Tokyo", "theme": "dark"}
    assert client.post(reverse("account_profile"), form).status_code == 302
    assert "signed in on 2 January 2020" in get(client, reverse("account_sessions")).text
    elsewhere = signed_in(alice.email)
    assert elsewhere.cookies["theme"].value == "dark"
    assert "signed in on 2 January 2020" in get(elsewhere, reverse("account_sessions")).text


def test_colours_that_were_chosen_at_the_foot_of_the_list_stay(client: Client) -> None:
    client.post(reverse("theme"), {"theme": "dark"})
    page = get(client, reverse("account_profile"))
    assert page.one("[name=theme] option[selected]")["value"] == "dark"


def test_a_stored_zone_that_this_system_lacks_is_ignored(client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(time_zone="Mars/Olympus")
    client.force_login(alice)
    assert client.get(reverse("account_profile")).status_code == 200


@pytest.mark.parametrize("form", [{"time_zone": "Mars/Olympus"}, {"theme": "pink"}, {"time_zone": "../UTC"}])
def test_what_is_not_offered_is_refused(client: Client, alice: User, form: dict[str, str]) -> None:
    assert client.post(reverse("account_profile"), {"theme": "light", **form}).status_code == 400
    alice.refresh_from_db()
    assert (alice.time_zone, alice.theme) == ("", "")


def test_languages_are_those_that_the_product_has(client: Client, alice: User, settings: Settings) -> None:
    assert not get(client, reverse("account_profile")).has("[name=language]")
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    assert get(client, reverse("account_profile")).has("[name=language] option[value=de]")
    client.post(reverse("account_profile"), {"theme": "system", "language": "de"})
    assert client.cookies["django_language"].value == "de"
    assert client.post(reverse("account_profile"), {"theme": "system", "language": "fr"}).status_code == 400
