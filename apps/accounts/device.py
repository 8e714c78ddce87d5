"""A cookie by which a browser shows that it has signed in to an account before (OWASP: device cookies).

Wrong passwords from elsewhere fill the account's shared bucket; such a browser has a bucket of its own, so that
nobody can lock the owner out of it. The cookie lets nobody in. A password reset or a confirmed address ends it.
"""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse

from apps.accounts.models import User

MAX_AGE = 365 * 24 * 60 * 60  # seconds
WRONG_PASSWORDS = "10/5m/key"  # for each browser


def remember_device(response: HttpResponse, user: User) -> None:
    response.set_cookie(
        _cookie(user),
        _signer(user).sign(secrets.token_urlsafe(16)),
        max_age=MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def known_device(request: HttpRequest, user: User) -> str:
    """A name for the browser, if it has signed in to the account before; else ""."""
    try:
        return _signer(user).unsign(request.COOKIES.get(_cookie(user), ""))
    except BadSignature:
        return ""


def limit_key(request: HttpRequest, user: User | None, email: str) -> str:
    """What requests of mails and codes for an address are counted for: those of a browser that the account knows
    have a bucket of their own.
    """
    device = known_device(request, user) if user else ""
    return f"device {device}" if device else email


def _cookie(user: User) -> str:
    return f"device_{hashlib.sha256(user.uid.bytes).hexdigest()[:16]}"


def _signer(user: User) -> Signer:
    return Signer(salt=f"device:{user.uid.hex}:{user.session_generation}")
