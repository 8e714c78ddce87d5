"""Signing in with a passkey alone, by a key in software."""

from __future__ import annotations

import hashlib
import json
from typing import Any, cast

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData
from pytest_django import Settings

from apps.accounts.models import User
from apps.accounts.tests.browsing import PASSWORD, is_signed_in, signed_in

pytestmark = pytest.mark.django_db
ORIGIN, HOST, ID = "https://quoth.example.org", b"quoth.example.org", b"the id of a key of 32 bytes long"
FLAG = AuthenticatorData.FLAG
PRESENT_AND_VERIFIED, WITH_A_NEW_KEY = FLAG(0x05), FLAG(0x45)
AJAX = {"X-Requested-With": "XMLHttpRequest"}
LOGIN = "mfa_login_webauthn"


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.QUOTH_URL = ORIGIN


class Key:
    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())

    def made(self, challenge: str) -> str:
        public = cast(Any, ES256).from_cryptography_key(self.private.public_key())
        attested = AttestedCredentialData.create(b"\0" * 16, ID, public)
        data = AuthenticatorData.create(hashlib.sha256(HOST).digest(), WITH_A_NEW_KEY, 0, attested)
        attestation = AttestationObject.create("none", data, {})
        return _credential(_signed_by_browser("create", challenge), {"attestationObject": bytes(attestation)})

    def used(self, challenge: str, user: User) -> str:
        browser = _signed_by_browser("get", challenge)
        data = bytes(AuthenticatorData.create(hashlib.sha256(HOST).digest(), PRESENT_AND_VERIFIED, 1))
        signature = self.private.sign(data + hashlib.sha256(browser).digest(), ec.ECDSA(hashes.SHA256()))
        handle = user_pk_to_url_str(user).encode()
        return _credential(browser, {"authenticatorData": data, "signature": signature, "userHandle": handle})


def _signed_by_browser(kind: str, challenge: str) -> bytes:
    said = {"type": f"webauthn.{kind}", "challenge": challenge, "origin": ORIGIN, "crossOrigin": False}
    return json.dumps(said).encode()


def _credential(browser: bytes, parts: dict[str, bytes]) -> str:
    response = {name: websafe_encode(part) for name, part in (parts | {"clientDataJSON": browser}).items()}
    key = websafe_encode(ID)
    return json.dumps(
        {
            "id": key,
            "rawId": key,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }
    )


def add(key: Key, user: User, **form: str) -> None:
    client = signed_in(user.email)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_add_webauthn"))
    challenge = page.context["js_data"]["creation_options"]["publicKey"]["challenge"]
    client.post(reverse("mfa_add_webauthn"), {"name": "Key", "credential": key.made(challenge)} | form)
    assert Authenticator.objects.filter(user=user, type="webauthn").exists()


def challenge_of(client: Client) -> str:
    answer: Any = client.get(reverse(LOGIN), headers=AJAX).json()
    return str(answer["request_options"]["publicKey"]["challenge"])


@pytest.mark.parametrize("alone", [True, False])
def test_a_key_signs_in_alone_if_its_owner_chose_that(alice: User, alone: bool) -> None:
    key, client = Key(), Client()
    add(key, alice, **({"passwordless": "on"} if alone else {}))
    client.post(reverse(LOGIN), {"credential": key.used(challenge_of(client), alice)})
    assert is_signed_in(client) == alone


def test_what_was_signed_counts_once_and_in_its_browser(alice: User) -> None:
    key, client, other = Key(), Client(), Client()
    add(key, alice, passwordless="on")
    given = key.used(challenge_of(client), alice)
    cookie = client.cookies["passkey_challenge"].value
    other.post(reverse(LOGIN), {"credential": given})
    assert not is_signed_in(other)
    client.post(reverse(LOGIN), {"credential": given})
    assert is_signed_in(client)
    other.cookies["passkey_challenge"] = cookie
    other.post(reverse(LOGIN), {"credential": given})
    assert not is_signed_in(other)


@pytest.mark.parametrize("method", ["get", "head"])
def test_asking_what_to_sign_writes_no_session(method: str) -> None:
    getattr(Client(), method)(reverse(LOGIN), headers=AJAX)
    assert not Session.objects.exists()
