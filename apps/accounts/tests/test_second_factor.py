"""Authenticator apps, recovery codes and passkeys: what they open, and how often they may be tried."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from apps.accounts.models import User
from apps.accounts.services import end_sessions, register, remove_second_factors
from apps.accounts.tests.browsing import (
    FOREIGN_WORDS,
    PASSWORD,
    confirm,
    is_signed_in,
    reset_password,
    sign_in,
    sign_up,
    signed_in,
)
from apps.accounts.tests.second_factors import code, give_app, recovery_codes_of
from apps.common.tests.html import get, parse

pytestmark = pytest.mark.django_db
LIMIT = 10
THE_LIBRARYS_WORDS = FOREIGN_WORDS + "|Security Key|Use a security key|[Tt]wo-[Ff]actor|WebAuthn|TOTP"
SECOND_STEP = "mfa_authenticate"
PAGES = (
    "mfa_index",
    "mfa_add_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_deactivate_totp",
    "mfa_reauthenticate",
)


def second_step(client: Client, given: str) -> Any:
    return client.post(reverse(SECOND_STEP), {"code": given})


def confirmed(user: User) -> Client:
    """Signed in, and has entered the password again."""
    client = signed_in(user.email)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.mark.django_db(transaction=True)
def test_an_app_is_set_up_and_asked_for(alice: User) -> None:
    client, elsewhere = confirmed(alice), signed_in(alice.email)
    key = get(client, reverse("mfa_activate_totp")).one(".key").text
    answer = client.post(reverse("mfa_activate_totp"), {"code": code(key)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    assert not is_signed_in(elsewhere)
    shown = {each.text for each in get(client, reverse("mfa_view_recovery_codes")).all(".codes li")}
    assert shown == set(recovery_codes_of(alice))
    other = Client()
    assert sign_in(other, alice.email)["Location"] == reverse(SECOND_STEP)
    assert not is_signed_in(other)
    second_step(other, code(key))
    assert is_signed_in(other)


def test_the_key_is_not_readable_in_the_database(alice: User) -> None:
    give_app(alice)
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert "JBSWY3DPEHPK3PXP" not in stored
    assert not [each for each in recovery_codes_of(alice) if each in stored]


def test_a_recovery_code_signs_in_once(alice: User) -> None:
    give_app(alice)
    first = recovery_codes_of(alice)[0]
    for signs_in in (True, False):
        client = Client()
        sign_in(client, alice.email)
        second_step(client, first)
        assert is_signed_in(client) == signs_in


def test_a_code_of_the_app_signs_in_once(alice: User) -> None:
    give_app(alice)
    shown = code()
    for signs_in in (True, False):
        client = Client()
        sign_in(client, alice.email)
        second_step(client, shown)
        assert is_signed_in(client) == signs_in


def test_ten_codes_in_five_minutes_from_wherever_they_come(alice: User) -> None:
    give_app(alice)
    tried = 0
    for number in range(LIMIT + 5):
        client = Client(headers={"X-Forwarded-For": f"192.0.2.{number}"}, REMOTE_ADDR=f"10.0.0.{number}")
        sign_in(client, alice.email)
        tried += "Too many" not in second_step(client, "000000").content.decode()
    assert tried == LIMIT
    assert "Too many" in second_step(client, code()).content.decode()


@pytest.mark.parametrize("page", ["mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"])
def test_it_is_confirmed_that_it_is_the_owner(alice: User, page: str) -> None:
    assert Client().get(reverse(page))["Location"].startswith(reverse("account_login"))
    client = signed_in(alice.email)
    assert client.get(reverse(page))["Location"].startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.get(reverse(page)).status_code == 200


def test_codes_are_shown_to_their_owner_alone(alice: User) -> None:
    give_app(alice)
    client = signed_in(register("charlie@example.org", password=PASSWORD).email)
    for page in ("mfa_view_recovery_codes", "mfa_download_recovery_codes", "mfa_deactivate_totp"):
        assert client.get(reverse(page)).status_code == 404
    key = Authenticator.objects.create(user=alice, type="webauthn", data={"name": "x", "credential": {}})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for page in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(page, args=[key.pk])).status_code == 404
        assert client.get(reverse(page, args=[0])).status_code == 404


def test_a_reset_password_is_not_enough(mail_server: None, alice: User) -> None:
    give_app(alice)
    client = Client()
    assert reset_password(alice.email, client)
    sign_in(client, alice.email, "battery horse staple")
    assert not is_signed_in(client)


def test_a_factor_that_was_added_before_the_address_was_proved_ends(mail_server: None) -> None:
    """Someone may have signed up with the address of another person while the site sent no mail."""
    sign_up(Client(), "dora@example.org")
    dora = User.objects.get(email="dora@example.org")
    give_app(dora)
    confirm(Client(), dora.email)
    assert not Authenticator.objects.filter(user=dora).exists()


@pytest.mark.parametrize("ends", [end_sessions, remove_second_factors])
def test_a_sign_in_that_waits_ends_with_the_sessions(alice: User, ends: Callable[[User], object]) -> None:
    give_app(alice)
    waiting, codes = Client(), recovery_codes_of(alice)
    sign_in(waiting, alice.email)
    ends(alice)
    second_step(waiting, codes[0])
    assert not is_signed_in(waiting)


def test_a_lost_phone(alice: User) -> None:
    give_app(alice)
    client = Client()
    sign_in(client, alice.email)
    second_step(client, code())
    remove_second_factors(alice)
    assert not is_signed_in(client)
    signed_in(alice.email)


def test_the_command_for_the_only_superuser(alice: User) -> None:
    give_app(alice)
    written = io.StringIO()
    call_command("remove_second_factors", alice.email.upper(), stdout=written)
    assert "Removed." in written.getvalue()
    signed_in(alice.email)
    call_command("remove_second_factors", alice.email, stdout=written)
    assert "no second factor" in written.getvalue()
    with pytest.raises(CommandError, match="no account"):
        call_command("remove_second_factors", "nobody@example.org")


CREDENTIALS = [
    "", "null", "7", '"x"', "[]", "{}", "{", '{"id": 1}',
    '{"id": "x", "rawId": "x", "response": 3, "type": "public-key"}',
    '{"id": "!", "rawId": "!", "type": "public-key", "response": {"clientDataJSON": "AAAA", "authenticatorData": "", '
    '"signature": "", "userHandle": "AA", "attestationObject": "oA"}}',
]  # fmt: skip


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_what_no_browser_sends_is_refused(alice: User, settings: Settings, credential: str) -> None:
    settings.QUOTH_URL = "http://localhost:8000"
    visitor = Client()
    visitor.get(reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"})
    answer = visitor.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert answer["Location"] == reverse("account_login")
    client = confirmed(alice)
    client.get(reverse("mfa_add_webauthn"))
    page = client.post(reverse("mfa_add_webauthn"), {"name": "Key", "credential": credential})
    assert page.status_code == 200
    assert not Authenticator.objects.exists()


def test_passkeys_are_offered_where_browsers_make_them(settings: Settings) -> None:
    for url, offered in (
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
        ("http://quoth.example.org", False),
        ("http://localhost:8000", True),
        ("https://quoth.example.org", True),
    ):
        settings.QUOTH_URL = url
        assert parse(Client().get(reverse("account_login")).content).has("[data-passkey]") == offered, url


def test_a_passkey_belongs_to_the_sites_own_host(settings: Settings) -> None:
    settings.QUOTH_URL = "https://quoth.example.org:8443"
    settings.ALLOWED_HOSTS = ["*"]
    ajax = {"X-Requested-With": "XMLHttpRequest", "Host": "evil.example.org"}
    options = Client().get(reverse("mfa_login_webauthn"), headers=ajax).json()["request_options"]["publicKey"]
    assert (options["rpId"], options["userVerification"]) == ("quoth.example.org", "required")


def test_the_pages_are_in_the_products_words(alice: User, settings: Settings) -> None:
    settings.QUOTH_URL = "http://localhost:8000"
    give_app(alice)
    client = Client()
    sign_in(client, alice.email)
    pages = [get(client, reverse(SECOND_STEP))]
    second_step(client, code())
    client.post(reverse("mfa_reauthenticate"), {"code": recovery_codes_of(alice)[0]})
    pages += [get(client, reverse(name)) for name in PAGES]
    for page in pages:
        text = page.one("main").text
        assert not re.search(THE_LIBRARYS_WORDS, text), text
        assert len(page.all("h1")) == 1
