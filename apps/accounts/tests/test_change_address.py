"""One address for each account: a new one replaces it once it is confirmed, and no sooner."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.services import register
from apps.accounts.tests.browsing import (
    NEW_PASSWORD,
    PASSWORD,
    change_address,
    confirm,
    is_signed_in,
    links_to,
    reset_password,
    sign_in,
    signed_in,
)
from apps.accounts.tests.second_factors import give_app
from apps.common.tests.html import get, parse

pytestmark = pytest.mark.django_db
PAGE = "/accounts/email/"
NEW = "new@example.org"


def current(user: User) -> str:
    user.refresh_from_db()
    return user.email


@pytest.mark.usefixtures("mail_server")
def test_a_new_address_replaces_the_old_one_once_confirmed(alice: User) -> None:
    here, elsewhere = signed_in(alice.email), signed_in(alice.email)
    change_address(here, NEW)
    assert current(alice) == "alice@example.org"
    assert NEW in get(here, PAGE).one(".address").words
    confirm(here, NEW)
    assert current(alice) == NEW
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(NEW, True, True)]
    assert not reset_password("alice@example.org")
    signed_in(NEW)


@pytest.mark.usefixtures("mail_server")
def test_it_takes_the_password(alice: User) -> None:
    client = signed_in(alice.email)
    change_address(client, NEW, password="wrong")
    assert not mail.outbox


@pytest.mark.usefixtures("mail_server")
def test_whoever_has_a_mistyped_address_does_not_get_the_account(alice: User) -> None:
    change_address(signed_in(alice.email), "mistyped@example.org")
    (link,) = links_to("mistyped@example.org")
    stranger = Client()
    for answer in (stranger.get(link), stranger.post(link)):
        page = parse(answer.content)
        assert page.one("h1").words == "Sign in to confirm"
        assert page.one("main a")["href"] == f"/accounts/login/?next={quote(link, safe='')}"
    assert current(alice) == "alice@example.org"
    assert not reset_password("mistyped@example.org", stranger)


@pytest.mark.usefixtures("mail_server")
def test_following_a_link_ends_nobodys_session(alice: User) -> None:
    """A page could lead a reader's browser to it."""
    bob = register("bob@example.org", password=PASSWORD)
    change_address(signed_in(alice.email), NEW)
    (link,) = links_to(NEW)
    reader = signed_in(bob.email)
    assert parse(reader.get(link).content).has('form[action="/accounts/logout/"]')
    parse(reader.post(link).content)
    assert is_signed_in(reader)
    mail.outbox.clear()
    Client().post(reverse("account_reset_password"), {"email": alice.email})
    reader.get(links_to(alice.email)[0], follow=True)
    assert is_signed_in(reader)


@pytest.mark.usefixtures("mail_server")
def test_a_change_can_be_cancelled(alice: User) -> None:
    client = signed_in(alice.email)
    change_address(client, NEW)
    client.post(PAGE, {"action_remove": "", "email": NEW})
    assert NEW not in get(client, PAGE).one("dl").words
    confirm(client, NEW)
    assert current(alice) == "alice@example.org"


@pytest.mark.usefixtures("mail_server")
def test_the_address_of_another_account_is_refused_at_the_link(alice: User) -> None:
    """Also when that account has not confirmed it yet: the database would refuse it with an error."""
    User.objects.create_user(NEW, PASSWORD)
    client = signed_in(alice.email)
    change_address(client, NEW)
    page = client.post(links_to(NEW)[0], follow=True)
    assert f"{NEW} belongs to another account." in page.content.decode()
    assert current(alice) == "alice@example.org"


@pytest.mark.usefixtures("mail_server")
def test_an_address_that_is_taken_at_this_moment_is_refused(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.create_user(NEW, PASSWORD)
    client = signed_in(alice.email)
    change_address(client, NEW)
    monkeypatch.setattr("apps.accounts.adapter.owner_of", lambda email: None)
    page = client.post(links_to(NEW)[0], follow=True)
    assert f"{NEW} belongs to another account." in page.content.decode()
    assert current(alice) == "alice@example.org"


@pytest.mark.usefixtures("mail_server")
def test_no_change_before_the_current_address_is_confirmed(alice: User) -> None:
    client = signed_in(alice.email)
    EmailAddress.objects.update(verified=False)
    page = get(client, PAGE)
    assert "Confirm this address first" in page.words
    assert not page.has("[name=action_add]")
    change_address(client, NEW)
    assert not links_to(NEW)
    client.post(PAGE, {"action_send": "", "email": alice.email})
    assert len(links_to(alice.email)) == 1


def test_no_change_without_a_mail_server(alice: User) -> None:
    client = signed_in(alice.email)
    page = get(client, PAGE)
    assert "This site cannot send e-mail" in page.words
    assert not page.has("main form")
    for action in ("action_add", "action_send", "action_primary", "action_remove"):
        client.post(PAGE, {action: "", "email": NEW})
    assert list(EmailAddress.objects.values_list("email", flat=True)) == [alice.email]
    assert not mail.outbox


@pytest.mark.usefixtures("mail_server")
def test_another_address_cannot_be_made_the_main_one(alice: User) -> None:
    client = signed_in(alice.email)
    EmailAddress.objects.create(user=alice, email=NEW, verified=True)
    client.post(PAGE, {"action_primary": "", "email": NEW})
    assert current(alice) == "alice@example.org"


@pytest.mark.usefixtures("mail_server")
def test_an_administrator_can_correct_an_address(alice: User) -> None:
    admin = Client()
    sam = User.objects.create_superuser("sam@example.org", PASSWORD)
    give_app(sam)
    admin.force_login(sam)
    client = signed_in(alice.email)
    address = f"/admin/accounts/user/{alice.pk}/change/"
    form = get(admin, address).one("#user_form").values()
    admin.post(address, form | {"email": NEW, "name": "Ali\u202ece"})
    assert current(alice) == NEW
    assert alice.name == "Alice"
    assert not is_signed_in(client)
    sign_in(client, NEW)
    confirm(client, NEW)
    signed_in(NEW)


@pytest.mark.usefixtures("mail_server")
def test_an_administrator_can_add_people() -> None:
    """As where sign-up is closed. They choose a password by mail, which proves the address too."""
    admin = Client()
    sam = User.objects.create_superuser("sam@example.org", PASSWORD)
    give_app(sam)
    admin.force_login(sam)
    form = get(admin, "/admin/accounts/user/add/").one("#user_form").values()
    admin.post("/admin/accounts/user/add/", form | {"email": "Bob@Example.org", "name": ""})
    assert reset_password("bob@example.org")
    signed_in("bob@example.org", NEW_PASSWORD)
