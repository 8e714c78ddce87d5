"""OpenID Connect against a real issuer: what is checked, which account someone gets, and which roles."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from apps.accounts.models import Membership, User
from apps.accounts.services import ensure_workspace, register
from apps.accounts.tests.browsing import PASSWORD, confirm, is_signed_in, reset_password, signed_in
from apps.accounts.tests.issuer import Issuer, app_of, running_issuer
from apps.accounts.tests.second_factors import give_app
from apps.common.tests.html import parse

pytestmark = pytest.mark.django_db
LOGIN, CALLBACK = (reverse(name, args=["corp"]) for name in ("oidc_login", "oidc_callback"))


@pytest.fixture(scope="module")
def server() -> Iterator[Issuer]:
    with running_issuer() as issuer:
        yield issuer


@pytest.fixture
def issuer(server: Issuer, settings: Settings) -> Issuer:
    server.reset()
    use(settings, app_of(server))
    return server


def use(settings: Settings, *apps: dict[str, Any]) -> None:
    settings.OIDC_APPS = list(apps)
    settings.SOCIALACCOUNT_PROVIDERS = {"oidc": {"APPS": list(apps)}}


def to_issuer(client: Client, **form: str) -> str:
    page = parse(client.post(LOGIN, form).content)
    url = page.one("main a.button")["href"]
    assert page.one("meta[http-equiv=refresh]")["content"] == f"0; url={url}"
    return str(url)


def back(url: str) -> str:
    """What the issuer answers a browser that comes with this URL."""
    answer = requests.get(url, allow_redirects=False, timeout=5)
    return answer.headers["Location"].removeprefix("http://127.0.0.1:8000")


def sign_in_by_issuer(client: Client, **form: str) -> Any:
    return client.get(back(to_issuer(client, **form)))


def test_a_new_person_gets_an_account(issuer: Issuer) -> None:
    client = Client()
    assert f'action="{LOGIN}"' in client.get(reverse("account_login")).content.decode()
    sign_in_by_issuer(client)
    assert is_signed_in(client)
    user = User.objects.get()
    assert (user.email, user.name, user.has_usable_password()) == ("alice@example.org", "Alice A.", False)
    assert EmailAddress.objects.get().verified
    assert user.memberships.count() == 1
    again = Client()
    sign_in_by_issuer(again)
    assert is_signed_in(again)
    assert User.objects.count() == 1


def test_the_request_has_pkce_state_nonce_and_the_sites_own_address(issuer: Issuer) -> None:
    one, other = (parse_qs(urlsplit(to_issuer(Client())).query) for _ in range(2))
    assert one["code_challenge_method"] == ["S256"]
    assert one["redirect_uri"] == [f"http://127.0.0.1:8000{CALLBACK}"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(one[name][0]) >= 16
        assert one[name] != other[name]


def test_nothing_of_the_tokens_is_kept(issuer: Issuer) -> None:
    issuer.claims["phone_number"] = "12345"
    sign_in_by_issuer(Client())
    assert SocialAccount.objects.get().extra_data == {"groups": []}
    assert not SocialToken.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example.org"},
        {"aud": "another client"},
        {"aud": ["quoth", "another"], "azp": "another"},
        {"exp": int(time.time()) - 60},
        {"iat": int(time.time()) + 600},
        {"nbf": int(time.time()) + 600},
        {"sub": None},
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(issuer: Issuer, changes: dict[str, Any]) -> None:
    issuer.changes = changes
    client = Client()
    assert sign_in_by_issuer(client).status_code == 401
    assert not is_signed_in(client)
    assert not User.objects.exists()


def test_a_token_of_a_foreign_key_is_refused_and_rotated_keys_are_read(issuer: Issuer) -> None:
    issuer.signs_with = 2
    assert sign_in_by_issuer(Client()).status_code == 401
    issuer.signs_with, issuer.key = 0, 3
    client = Client()
    sign_in_by_issuer(client)
    assert is_signed_in(client)


def test_an_answer_counts_once_and_in_its_browser(issuer: Issuer) -> None:
    client = Client()
    url = back(to_issuer(client))
    assert Client().get(url).status_code == 401
    assert client.get(url).status_code == 302
    client.post(reverse("account_logout"))
    assert client.get(url).status_code == 401
    assert not is_signed_in(client)


@pytest.mark.parametrize("query", ["", "?state=x", "?state=x&code=y", "?error=access_denied", "?error=%00"])
def test_an_answer_that_nobody_asked_for_is_refused(issuer: Issuer, query: str) -> None:
    assert Client().get(CALLBACK + query).status_code == 401


def test_an_issuer_that_lies_about_its_name_or_is_away(issuer: Issuer, settings: Settings) -> None:
    issuer.name = "https://another.example.org"
    assert Client().post(LOGIN).status_code == 401
    use(settings, app_of(issuer, server_url="http://127.0.0.1:1"))
    page = Client().post(LOGIN)
    assert page.status_code == 401
    assert "did not answer" in page.content.decode()


def test_an_unknown_issuer_is_not_found(issuer: Issuer) -> None:
    for name in ("oidc_login", "oidc_callback"):
        client, url = Client(), reverse(name, args=["other"])
        assert (client.post(url) if name == "oidc_login" else client.get(url)).status_code == 404


def test_an_account_is_joined_if_both_have_confirmed_the_address(issuer: Issuer, alice: User) -> None:
    client = Client()
    sign_in_by_issuer(client)
    assert is_signed_in(client)
    assert SocialAccount.objects.get().user == alice
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


@pytest.mark.usefixtures("mail_server")
@pytest.mark.parametrize("unconfirmed", ["there", "here"])
def test_no_account_is_joined_otherwise(issuer: Issuer, alice: User, unconfirmed: str) -> None:
    issuer.claims["email_verified"] = unconfirmed != "there"
    EmailAddress.objects.update(verified=unconfirmed != "here")
    client = Client()
    sign_in_by_issuer(client)
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()
    assert mail.outbox[-1].to == [alice.email]


def test_without_mail_it_says_how_to_connect(issuer: Issuer, alice: User) -> None:
    issuer.claims["email_verified"] = False
    page = sign_in_by_issuer(Client())
    assert page.status_code == 403
    assert "connect Corp in its settings" in page.content.decode()
    del issuer.claims["email"]
    issuer.userinfo = {"sub": "7"}
    assert sign_in_by_issuer(Client()).content == page.content


def test_what_the_token_lacks_is_asked_for_and_about_the_same_person(issuer: Issuer) -> None:
    issuer.claims = {"sub": "7"}
    issuer.userinfo = {"sub": "8", "email": "eve@example.org"}
    assert sign_in_by_issuer(Client()).status_code == 401
    issuer.userinfo = {"sub": "7", "email": "bob@example.org", "email_verified": "true"}
    sign_in_by_issuer(Client())
    assert EmailAddress.objects.get(email="bob@example.org").verified


def test_userinfo_confirms_no_address_of_the_token(issuer: Issuer) -> None:
    issuer.claims = {"sub": "7", "email": "victim@example.org"}
    issuer.userinfo = {"sub": "7", "email": "eve@example.org", "email_verified": True}
    sign_in_by_issuer(Client())
    assert not EmailAddress.objects.filter(verified=True).exists()


@pytest.mark.usefixtures("mail_server")
@pytest.mark.parametrize("same_browser", [True, False])
def test_the_issuer_that_made_an_account_stays_when_the_same_browser_confirms_its_address(
    issuer: Issuer, same_browser: bool
) -> None:
    """Whoever opens the link elsewhere may be another person than the one whom the issuer knows."""
    issuer.claims["email_verified"] = False
    client = Client()
    sign_in_by_issuer(client)
    confirm(client if same_browser else Client(), "alice@example.org")
    again = Client()
    sign_in_by_issuer(again)
    assert is_signed_in(again) is same_browser


def test_a_second_factor_is_asked_for_too(issuer: Issuer, alice: User) -> None:
    give_app(alice)
    client = Client()
    assert sign_in_by_issuer(client)["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)


def test_closed_sign_up_is_closed_here_too(issuer: Issuer, settings: Settings) -> None:
    use(settings, app_of(issuer, sign_up=False))
    assert "Sign-up is closed" in sign_in_by_issuer(Client()).content.decode()
    assert not User.objects.exists()


def test_groups_give_and_take_roles(issuer: Issuer, settings: Settings, alice: User) -> None:
    handbook, other = ensure_workspace("handbook"), ensure_workspace("other")
    roles = {"staff": [("handbook", "member")], "writers": [("handbook", "editor"), ("missing", "member")]}
    use(settings, app_of(issuer, roles=roles))

    def role(groups: object) -> str | None:
        issuer.claims["groups"] = groups
        sign_in_by_issuer(Client())
        assert not Membership.objects.filter(workspace=other).exists()
        held = Membership.objects.filter(user=alice, workspace=handbook).first()
        return held.role if held else None

    assert role(["staff", "writers", "unknown"]) == "editor"
    assert role("staff") == "member"
    assert role([]) is None
    Membership.objects.create(user=alice, workspace=handbook, role="owner")
    assert role([]) == "owner"


def test_connecting_and_disconnecting(issuer: Issuer) -> None:
    bob = register("bob@example.org", password=PASSWORD)
    client = signed_in(bob.email)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    sign_in_by_issuer(client, connect="")
    connected = SocialAccount.objects.get(user=bob)
    assert "Disconnect" in client.get(reverse("mfa_index")).content.decode()
    stranger = signed_in(register("charlie@example.org", password=PASSWORD).email)
    stranger.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    stranger.post(reverse("socialaccount_connections"), {"account": connected.pk})
    assert SocialAccount.objects.exists()
    client.post(reverse("socialaccount_connections"), {"account": connected.pk})
    assert not SocialAccount.objects.exists()


@pytest.mark.usefixtures("mail_server")
def test_what_an_intruder_connected_ends_with_a_new_password(issuer: Issuer) -> None:
    bob = register("bob@example.org", password=PASSWORD)
    intruder, elsewhere = signed_in(bob.email), signed_in(bob.email)
    intruder.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    sign_in_by_issuer(intruder, connect="")
    assert is_signed_in(intruder)
    assert not is_signed_in(elsewhere)
    assert reset_password(bob.email)
    sign_in_by_issuer(intruder)
    assert not SocialAccount.objects.filter(user=bob).exists()


def test_an_issuer_that_the_site_no_longer_has_can_be_disconnected(alice: User) -> None:
    connected = SocialAccount.objects.create(user=alice, provider="gone", uid="7")
    client = signed_in(alice.email)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    answer = client.post(reverse("socialaccount_connections"), {"account": connected.pk})
    assert answer.status_code == 302
    assert not SocialAccount.objects.exists()


def test_connecting_needs_the_password_again(issuer: Issuer) -> None:
    client = signed_in(register("bob@example.org", password=PASSWORD).email)
    assert sign_in_by_issuer(client, connect="")["Location"].startswith(reverse("account_reauthenticate"))
    assert not SocialAccount.objects.exists()
