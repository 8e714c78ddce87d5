"""Signing in with a passkey alone. What the browser has to sign is kept in a cookie of its own, because a session for
each visitor who asks for it would be a row in the database.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

COOKIE = "passkey_challenge"
SALT = "passkey challenge"
SECONDS = 300


class LoginPasskeyView(LoginWebAuthnView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().get(request, *args, **kwargs)
        state = request.session.pop(auth.STATE_SESSION_KEY, None)
        if state:
            _keep(response, state)
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.session[auth.STATE_SESSION_KEY] = _taken(request)
        response: HttpResponse = super().post(request, *args, **kwargs)
        request.session.pop(auth.STATE_SESSION_KEY, None)
        response.delete_cookie(COOKIE)
        return response


def _keep(response: HttpResponse, state: dict[str, Any]) -> None:
    response.set_cookie(
        COOKIE,
        signing.dumps(state, salt=SALT),
        max_age=SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def _taken(request: HttpRequest) -> dict[str, Any] | None:
    """What the cookie holds, once."""
    try:
        state: dict[str, Any] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    is_first = cache.add(f"{SALT} {state['challenge']}", True, SECONDS)
    return state if is_first else None
