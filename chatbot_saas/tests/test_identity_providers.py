"""Issuers of OpenID Connect come from the environment; a wrong variable is named."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatbot_saas.environment import Environment
from chatbot_saas.identity_providers import identity_providers

GOOD = {
    "OIDC_CORP_ISSUER": "https://login.example.org/",
    "OIDC_CORP_CLIENT_ID": "id",
    "OIDC_CORP_CLIENT_SECRET": "secret",
    "OIDC_CORP_ROLES": "writers=handbook:editor,cn=a=b=handbook:member",
}


def providers(
    monkeypatch: pytest.MonkeyPatch, provider: str = "corp", **changes: str
) -> list[dict[str, object]]:
    for name, value in (GOOD | changes).items():
        monkeypatch.setenv(name, value)
    return identity_providers(Environment(), [provider], sign_up=False)


def test_an_issuer_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    (corp,) = providers(monkeypatch)
    assert (corp["provider_id"], corp["name"]) == ("corp", "Corp")
    assert corp["settings"] == {
        "server_url": "https://login.example.org",
        "oauth_pkce_enabled": True,
        "scope": ["openid", "profile", "email"],
        "groups_claim": "groups",
        "roles": {"writers": [("handbook", "editor")], "cn=a=b": [("handbook", "member")]},
        "sign_up": False,
    }


def test_a_name_that_is_part_of_no_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="OIDC_PROVIDERS"):
        providers(monkeypatch, "Corp!")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OIDC_CORP_ISSUER", ""),
        ("OIDC_CORP_ISSUER", "http://login.example.org"),
        ("OIDC_CORP_CLIENT_ID", ""),
        ("OIDC_CORP_CLIENT_SECRET", ""),
        ("OIDC_CORP_ROLES", "writers"),
        ("OIDC_CORP_ROLES", "writers=handbook:king"),
        ("OIDC_CORP_SIGN_UP", "perhaps"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        providers(monkeypatch, **{name: value})
