"""Checks the ID token that an issuer gave: signature, issuer, audience, times and nonce."""

from __future__ import annotations

import secrets
from typing import Any

import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY = 30  # seconds that the clocks of both may differ
Claims = dict[str, Any]


class IssuerError(OAuth2Error):
    """What an issuer sent cannot be believed. The message names no person and no token: it is logged."""


def verified_claims(token: str, *, keys: Claims, issuer: str, audience: str, nonce: str) -> Claims:
    """`keys` is the issuer's key set as it is published now, so that changed keys are no matter. Raises IssuerError."""
    try:
        claims: Claims = jwt.decode(
            token,
            key=_key(token, keys),
            algorithms=ALGORITHMS,
            issuer=issuer,
            audience=audience,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise IssuerError("the ID token is not valid") from error
    if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise IssuerError("the ID token belongs to another sign-in")
    if claims.get("azp", audience) != audience:
        raise IssuerError("the ID token belongs to another client")
    return claims


def _key(token: str, keys: Claims) -> jwt.PyJWK:
    """The one that the token names; the only one, if it names none. Raises PyJWTError."""
    wanted = jwt.get_unverified_header(token).get("kid")
    usable = [key for key in jwt.PyJWKSet.from_dict(keys).keys if key.public_key_use in (None, "sig")]
    fitting = [key for key in usable if wanted in (None, key.key_id)]
    if len(fitting) != 1:
        raise jwt.InvalidTokenError("no such key")
    return fitting[0]
