"""Reads the issuers of OpenID Connect from the environment: the variables OIDC_NAME_... describe each."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from chatbot_saas.environment import Environment

NAME = re.compile(r"[a-z][a-z0-9-]{0,29}")
ROLES = ("owner", "editor", "member")


def identity_providers(env: Environment, names: list[str], *, sign_up: bool) -> list[dict[str, Any]]:
    """In allauth's form. `sign_up`: may new accounts be made, unless a provider's setting says otherwise?"""
    return [_provider(env, name, sign_up) for name in names]


def _provider(env: Environment, name: str, sign_up: bool) -> dict[str, Any]:
    if not NAME.fullmatch(name):
        raise ImproperlyConfigured(f"OIDC_PROVIDERS names {name!r}: use small letters, digits and hyphens")
    prefix = f"OIDC_{name.upper().replace('-', '_')}_"
    return {
        "provider_id": name,
        "name": env.text(f"{prefix}NAME", default=name.capitalize()),
        "client_id": _required(env, f"{prefix}CLIENT_ID"),
        "secret": _required(env, f"{prefix}CLIENT_SECRET"),
        "settings": {
            "server_url": _issuer(env, f"{prefix}ISSUER"),
            "oauth_pkce_enabled": True,
            "scope": ["openid", "profile", "email", *env.texts(f"{prefix}SCOPES", default=[])],
            "groups_claim": env.text(f"{prefix}GROUPS_CLAIM", default="groups"),
            "roles": _roles(env, f"{prefix}ROLES"),
            "sign_up": env.boolean(f"{prefix}SIGN_UP", default=sign_up),
        },
    }


def _required(env: Environment, name: str) -> str:
    value = env.text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: the issuer gives it when you register this site")
    return value


def _issuer(env: Environment, name: str) -> str:
    value = env.text(name).rstrip("/")
    parts = urlsplit(value)
    if not parts.hostname or not (
        parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname))
    ):
        raise ImproperlyConfigured(
            f"{name} is {value!r}: set it to an address such as https://login.example.org"
        )
    return value


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _roles(env: Environment, name: str) -> dict[str, list[tuple[str, str]]]:
    """ "docs-team=handbook:editor" gives the group a role in the workspace of that short name."""
    roles: dict[str, list[tuple[str, str]]] = {}
    for each in env.texts(name, default=[]):
        group, _, place = each.strip().rpartition("=")
        workspace, _, role = place.rpartition(":")
        if not group or not workspace or role not in ROLES:
            raise ImproperlyConfigured(
                f"{name} has {each!r}: write GROUP=WORKSPACE:ROLE, with a role of {ROLES}"
            )
        roles.setdefault(group, []).append((workspace, role))
    return roles
