"""Someone prepares an account for another person's address, and waits for that person to use it."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from apps.accounts.forms import ResetPasswordKeyForm
from apps.accounts.models import User
from apps.accounts.tests.browsing import (
    NEW_PASSWORD,
    PASSWORD,
    change_address,
    confirm,
    is_signed_in,
    links_to,
    reset_password,
    sign_in,
    sign_up,
    signed_in,
)
from apps.accounts.tests.test_login_code import enter, request_code, sent_code

pytestmark = pytest.mark.django_db
FORM: Any = ResetPasswordKeyForm
VICTIM, ATTACKER = "victim@example.org", "attacker@example.org"


def addresses() -> set[tuple[str, str, bool]]:
    """(the account's address, one listed for it, confirmed)"""
    return set(EmailAddress.objects.values_list("user__email", "email", "verified"))


def assert_only_the_victim_gets_in() -> None:
    assert not reset_password(ATTACKER)
    for email in (VICTIM, ATTACKER):
        client = Client()
        sign_in(client, email, PASSWORD)
        assert not is_signed_in(client)
    signed_in(VICTIM, NEW_PASSWORD)


@pytest.mark.usefixtures("mail_server")
def test_the_attackers_address_is_never_listed() -> None:
    attacker = Client()
    sign_up(attacker, VICTIM)
    sign_in(attacker, VICTIM)
    assert not is_signed_in(attacker)
    change_address(attacker, ATTACKER)
    assert not links_to(ATTACKER)
    assert reset_password(VICTIM)
    assert addresses() == {(VICTIM, VICTIM, True)}
    assert_only_the_victim_gets_in()


def test_an_installation_that_got_a_mail_server_later(request: pytest.FixtureRequest) -> None:
    """Without one anyone may use any address; nothing of that time is left when the owner comes."""
    attacker = Client()
    sign_up(attacker, VICTIM)
    sign_in(attacker, VICTIM)
    assert is_signed_in(attacker)
    change_address(attacker, ATTACKER)
    assert addresses() == {(VICTIM, VICTIM, False)}
    request.getfixturevalue("mail_server")
    assert not is_signed_in(attacker)
    assert reset_password(VICTIM)
    assert_only_the_victim_gets_in()


@pytest.mark.usefixtures("mail_server")
@pytest.mark.parametrize("attackers_is_primary", [False, True])
def test_an_account_with_several_addresses_from_before(attackers_is_primary: bool) -> None:
    """Earlier versions let an unconfirmed account add and confirm a second address."""
    user = User.objects.create_user(ATTACKER if attackers_is_primary else VICTIM, PASSWORD)
    for email, verified in ((VICTIM, False), (ATTACKER, True)):
        EmailAddress.objects.create(user=user, email=email, verified=verified, primary=email == user.email)
    if attackers_is_primary:  # then the account is the attacker's, and the victim's address is free
        assert not reset_password(VICTIM)
        owner = Client()
        sign_up(owner, VICTIM, NEW_PASSWORD)
        confirm(owner, VICTIM)
        signed_in(VICTIM, NEW_PASSWORD)
        assert addresses() == {(VICTIM, VICTIM, True), (ATTACKER, ATTACKER, True)}
        return
    attacker = Client()
    sign_in(attacker, ATTACKER)
    assert is_signed_in(attacker)
    assert not reset_password(ATTACKER)
    assert reset_password(VICTIM)
    assert not is_signed_in(attacker)
    assert addresses() == {(VICTIM, VICTIM, True)}
    assert_only_the_victim_gets_in()


@pytest.mark.usefixtures("mail_server")
def test_a_confirmed_address_drops_all_others_and_their_sessions() -> None:
    user = User.objects.create_user(VICTIM, PASSWORD)
    EmailAddress.objects.create(user=user, email=VICTIM, primary=True)
    EmailAddress.objects.create(user=user, email=ATTACKER, verified=True)
    attacker = Client()
    sign_in(attacker, ATTACKER)
    assert is_signed_in(attacker)
    sign_in(Client(), VICTIM)  # sends the link
    confirm(Client(), VICTIM)
    assert not is_signed_in(attacker)
    assert addresses() == {(VICTIM, VICTIM, True)}


@pytest.mark.usefixtures("mail_server")
def test_a_reset_ends_a_change_that_is_under_way(alice: User) -> None:
    thief = signed_in(alice.email)
    change_address(thief, ATTACKER)
    (link,) = links_to(ATTACKER)
    assert reset_password(alice.email)
    assert not is_signed_in(thief)
    signed_in(alice.email, NEW_PASSWORD).post(link)
    assert addresses() == {(alice.email, alice.email, True)}


@pytest.mark.usefixtures("mail_server")
def test_a_password_that_someone_else_chose_ends_when_a_code_proves_the_address() -> None:
    attacker, owner = Client(), Client()
    sign_up(attacker, VICTIM)
    request_code(owner, VICTIM)
    enter(owner, sent_code())
    assert is_signed_in(owner)
    for client in (attacker, Client()):
        sign_in(client, VICTIM)
        assert not is_signed_in(client)


@pytest.mark.usefixtures("mail_server")
def test_a_link_that_is_opened_in_another_browser_leads_to_a_new_password() -> None:
    attacker, owner = Client(), Client()
    sign_up(attacker, VICTIM)
    form = owner.get(confirm(owner, VICTIM)["Location"], follow=True)
    assert "Choose a password" in form.content.decode()
    sign_in(attacker, VICTIM)
    assert not is_signed_in(attacker)
    owner.post(form.redirect_chain[-1][0], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    signed_in(VICTIM, NEW_PASSWORD)


@pytest.mark.usefixtures("mail_server")
@pytest.mark.parametrize("enters", [sign_up, sign_in])
def test_a_browser_that_has_entered_the_password_keeps_it(enters: Any) -> None:
    sign_up(Client(), VICTIM)
    browser = Client()
    if enters is sign_in:
        sign_in(browser, VICTIM)
    else:
        User.objects.all().delete()
        sign_up(browser, VICTIM)
    confirm(browser, VICTIM)
    signed_in(VICTIM)


def reset_form(browser: Client, email: str) -> str:
    """The address of the form that a new link leads to."""
    browser.post(reverse("account_reset_password"), {"email": email})
    return str(browser.get(links_to(email)[-1], follow=True).redirect_chain[-1][0])


@pytest.mark.usefixtures("mail_server")
def test_who_knows_the_password_cannot_end_the_owners_link(alice: User) -> None:
    owner = Client()
    form = reset_form(owner, alice.email)
    thief = signed_in(alice.email)
    change_address(thief, ATTACKER)
    thief.post(reverse("account_sessions"))
    answer = owner.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert answer["Location"] == reverse("account_reset_password_from_key_done")
    assert not is_signed_in(thief)


@pytest.mark.usefixtures("mail_server")
def test_a_link_that_is_used_twice_at_once_sets_one_password(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Client(), Client()
    form = reset_form(first, alice.email)
    second.get(links_to(alice.email)[-1])
    own, other = ({"password1": word, "password2": word} for word in (NEW_PASSWORD, f"{NEW_PASSWORD}-2"))
    clean, answers = FORM.clean, []

    def clean_while_another_uses_it(self: Any) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr(FORM, "clean", clean)
            answers.append(first.post(form, own))
        return clean(self)

    monkeypatch.setattr(FORM, "clean", clean_while_another_uses_it)
    late = second.post(form, other)
    assert answers[0]["Location"] == reverse("account_reset_password_from_key_done")
    assert "This link no longer works" in late.content.decode()
    alice.refresh_from_db()
    assert alice.check_password(NEW_PASSWORD)


@pytest.mark.usefixtures("mail_server")
def test_a_new_password_ends_a_change_that_is_under_way(alice: User) -> None:
    thief, owner = signed_in(alice.email), signed_in(alice.email)
    change_address(thief, ATTACKER)
    form = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    owner.post(reverse("account_change_password"), form)
    assert not is_signed_in(thief)
    assert is_signed_in(owner)
    confirm(owner, ATTACKER)
    assert addresses() == {(alice.email, alice.email, True)}
