"""Wrong passwords: few enough to guess nothing, and no way to lock the owner out."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from apps.accounts.models import User
from apps.accounts.tests.browsing import (
    NEW_PASSWORD,
    PASSWORD,
    is_signed_in,
    reset_password,
    sign_in,
    signed_in,
)
from apps.accounts.tests.second_factors import give_app

pytestmark = pytest.mark.django_db
LIMIT = 10
FROM_ONE_ADDRESS = 20
WRONG = "wrong"
REFUSED = "Too many wrong passwords"


def is_tried(response: Any) -> bool:
    """False when the password was not even looked at."""
    return response.status_code == 200 and REFUSED not in response.content.decode()


class Attacker:
    """Comes from another network address each time, unless told otherwise."""

    def __init__(self) -> None:
        self.tries = 0

    def tried(self, email: str, password: str = WRONG, **headers: str) -> bool:
        self.tries += 1
        address = f"10.0.{self.tries // 250}.{self.tries % 250}"
        response = Client(headers=headers).post(
            reverse("account_login"), {"login": email, "password": password}, REMOTE_ADDR=address
        )
        return is_tried(response) or response.status_code == 302


def test_ten_in_five_minutes_from_wherever_they_come(alice: User) -> None:
    attacker = Attacker()
    assert sum(attacker.tried(alice.email) for _ in range(3 * LIMIT)) == LIMIT
    assert not attacker.tried(alice.email, PASSWORD)


def test_they_count_for_the_account_and_not_for_an_address_or_a_host(alice: User, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "second.example.org"]
    EmailAddress.objects.create(user=alice, email="second@example.org", verified=True)
    attacker = Attacker()
    spellings = ("alice@example.org", "ALICE@Example.org", "second@example.org", "Second@example.org")
    hosts = ("testserver", "second.example.org")
    tried = [attacker.tried(email, host=host) for _ in range(2) for email in spellings for host in hosts]
    assert sum(tried) == LIMIT


def test_an_unknown_address_is_limited_alike(alice: User) -> None:
    attacker = Attacker()
    assert sum(attacker.tried("nobody@example.org") for _ in range(2 * LIMIT)) == LIMIT


def test_forged_headers_give_no_more() -> None:
    """Each time another address and another account: only the limit of the network address is met."""

    def tried(number: int) -> bool:
        forged = {"X-Forwarded-For": f"192.0.2.{number}", "X_Forwarded_For": f"192.0.2.{number}"}
        return is_tried(sign_in(Client(headers=forged), f"person{number}@example.org", "wrong"))

    assert sum(tried(number) for number in range(30)) == FROM_ONE_ADDRESS


def test_a_proxy_in_front_is_believed_and_no_more_than_it(settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    people = (f"person{number}@example.org" for number in range(100))

    def tried(forwarded_for: str) -> bool:
        return is_tried(sign_in(Client(headers={"X-Forwarded-For": forwarded_for}), next(people), "wrong"))

    ports = range(50_000, 50_030)
    assert sum(tried(f"192.0.2.{port % 250}, 198.51.100.7:{port}") for port in ports) == FROM_ONE_ADDRESS
    assert tried("198.51.100.7, 198.51.100.8")
    for odd in ("", "unknown", "[::1", "a, b, c"):
        assert tried(odd)


def test_five_wrong_passwords_lock_nobody_out(alice: User) -> None:
    attacker = Attacker()
    assert all(attacker.tried(alice.email) for _ in range(5))
    signed_in(alice.email)


def test_a_browser_that_signed_in_before_is_never_locked_out(alice: User) -> None:
    owner = signed_in(alice.email)
    owner.post(reverse("account_logout"))
    attacker = Attacker()
    for _ in range(3 * LIMIT):
        attacker.tried(alice.email)
    for _ in range(LIMIT):  # from the owner's own network address too
        sign_in(Client(), alice.email, "wrong")
    assert "wrong" in sign_in(owner, alice.email, "a slip").content.decode()
    sign_in(owner, alice.email)
    assert is_signed_in(owner)


def test_that_browser_has_a_limit_too(alice: User) -> None:
    owner = signed_in(alice.email)
    owner.post(reverse("account_logout"))
    assert sum(is_tried(sign_in(owner, alice.email, "wrong")) for _ in range(2 * LIMIT)) == LIMIT
    signed_in(alice.email)  # elsewhere nothing has happened


def test_its_cookie_is_signed_and_tells_nothing(alice: User) -> None:
    owner = signed_in(alice.email)
    (name,) = (name for name in owner.cookies if name.startswith("device_"))
    cookie = owner.cookies[name]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert int(cookie["max-age"]) > 180 * 24 * 60 * 60
    assert not {alice.email, str(alice.uid), alice.uid.hex} & {name, cookie.value}
    attacker = Attacker()
    for _ in range(LIMIT):
        attacker.tried(alice.email)
    assert attacker.tried(alice.email, cookie=f"{name}={cookie.value}")
    assert not attacker.tried(alice.email, cookie=f"{name}=forged{cookie.value}")


def test_it_opens_no_other_account(alice: User) -> None:
    User.objects.create_user("bob@example.org", PASSWORD)
    owner = signed_in(alice.email)
    owner.post(reverse("account_logout"))
    assert sum(is_tried(sign_in(owner, "bob@example.org", "wrong")) for _ in range(15)) == LIMIT


@pytest.mark.usefixtures("mail_server")
def test_a_reset_makes_its_browser_known_and_no_other(alice: User) -> None:
    """Under attack the owner could not sign in after the reset otherwise; and the attacker had signed in before."""
    attackers_own = signed_in(alice.email)
    owner = Client()
    assert reset_password(alice.email, owner)
    attacker = Attacker()
    for _ in range(LIMIT):
        attacker.tried(alice.email)
    assert REFUSED in sign_in(attackers_own, alice.email, "wrong").content.decode()
    sign_in(owner, alice.email, NEW_PASSWORD)
    assert is_signed_in(owner)


def test_the_admin_has_no_door_of_its_own(alice: User) -> None:
    sam = User.objects.create_superuser("sam@example.org", PASSWORD)
    client = Client()
    response = client.post("/admin/login/", {"username": sam.email, "password": PASSWORD})
    assert response["Location"] == "/accounts/login/?next=%2Fadmin%2Flogin%2F"
    assert client.get("/admin/").status_code == 302
    response = client.get("/admin/", follow=True)
    (last, _) = response.redirect_chain[-1]
    client.post(last, {"login": sam.email, "password": PASSWORD})
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == reverse("mfa_index")
    give_app(sam)
    assert client.get("/admin/").status_code == 200


def test_the_admin_tells_other_people_that_it_is_not_for_them(alice: User) -> None:
    response = signed_in(alice.email).get("/admin/", follow=True)
    assert response.status_code == 403
    assert "Your account may not open this page." in response.content.decode()


@pytest.mark.usefixtures("mail_server")
@pytest.mark.parametrize(
    ("page", "form", "limit"),
    [
        ("account_reset_password", {"email": "alice@example.org"}, 5),
        ("account_signup", {"email": "x@example.org", "password1": "short"}, 20),
        ("account_login", {"login": "x@example.org"}, 30),
    ],
)
def test_other_ways_to_sign_in(page: str, form: dict[str, str], limit: int, alice: User) -> None:
    answers = [Client().post(reverse(page), form) for _ in range(limit + 2)]
    assert [answer.status_code == 429 for answer in answers] == [False] * limit + [True] * 2
    assert "Wait a few minutes and try again." in answers[-1].content.decode()


@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("account_reauthenticate", {"password": "wrong"}),
        (
            "account_change_password",
            {"oldpassword": "wrong", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
        ),
    ],
)
def test_the_password_cannot_be_guessed_by_a_stolen_session(
    page: str, form: dict[str, str], alice: User
) -> None:
    client = signed_in(alice.email)
    answers = [client.post(reverse(page), form) for _ in range(LIMIT + 2)]
    assert [answer.status_code == 429 for answer in answers] == [False] * LIMIT + [True] * 2
