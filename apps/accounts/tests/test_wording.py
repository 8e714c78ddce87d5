"""What the sign-in library says is said in the product's words."""

from __future__ import annotations

from pathlib import Path

import allauth.account
import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from apps.accounts.adapter import ERROR_MESSAGES
from apps.accounts.forms import ChangePasswordForm, LoginForm, ResetPasswordForm, SignupForm
from apps.accounts.models import User
from apps.accounts.tests.browsing import NEW_PASSWORD, PASSWORD, signed_in
from apps.common.tests.html import parse

pytestmark = pytest.mark.django_db
MESSAGES = "account/messages"
NOT_USED = {"phone_verification_sent.txt", "phone_verified.txt"}
TEMPLATES = Path(allauth.account.__file__).parent.parent / "templates"


def test_every_message_of_the_library_is_ours() -> None:
    theirs = {path.name for path in (TEMPLATES / MESSAGES).glob("*.txt")} - NOT_USED
    ours = {path.name for path in (settings.BASE_DIR / "templates" / MESSAGES).glob("*.txt")}
    assert ours == theirs


def test_messages_and_errors_are_plain_sentences() -> None:
    context = {"email": "alice@example.org"}
    names = [path.name for path in (settings.BASE_DIR / "templates" / MESSAGES).glob("*.txt")]
    said = [render_to_string(f"{MESSAGES}/{name}", context).strip() for name in names]
    for sentence in [*filter(None, said), *map(str, ERROR_MESSAGES.values())]:
        assert sentence[0].isupper() or sentence.startswith("alice@")
        assert sentence.endswith(".")
        assert not [word for word in ("!", "lease ", "email", "primary", "inactive") if word in sentence]


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        (LoginForm({}), {"login": "Enter your e-mail address.", "password": "Enter your password."}),
        (LoginForm({"login": "x", "password": "y"}), {"login": "Enter an e-mail address, such as name@example.org."}),
        (SignupForm({}), {"email": "Enter your e-mail address.", "password1": "Enter a password."}),
        (ResetPasswordForm({"email": "x"}), {"email": "Enter an e-mail address, such as name@example.org."}),
    ],
)  # fmt: skip
def test_what_a_field_wants_is_said(form: SignupForm, errors: dict[str, str]) -> None:
    assert {name: texts[0] for name, texts in form.errors.items()} == errors


def test_two_passwords_that_differ(alice: User) -> None:
    data = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": "another one"}
    form = ChangePasswordForm(alice, data)
    assert form.errors["password2"] == ["The two passwords differ. Enter the same one twice."]


def test_an_error_belongs_to_its_field_for_screen_readers_too(alice: User) -> None:
    response = signed_in(alice.email).post(reverse("account_change_password"), {})
    for field in parse(response.content).all("main .field"):
        assert field.one(".error")["id"] in field.one("input")["aria-describedby"].split()


def test_sign_up_asks_for_an_address_and_a_password_only() -> None:
    fields = parse(Client().get(reverse("account_signup")).content).all("main .field label")
    assert [field.text for field in fields] == ["E-mail", "Password"]
