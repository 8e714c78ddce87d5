"""Where a new account goes: to the sign-in page, and then to the welcome page of the app above (a setting names it)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import reverse

START = "/"


def welcome_url(go_on_to: str = "") -> str:
    """`go_on_to` is the page that the person came from; the welcome page links to it."""
    return _with_next(
        resolve_url(settings.ACCOUNT_SIGNUP_REDIRECT_URL), "" if go_on_to == START else go_on_to
    )


def first_sign_in_url(go_on_to: str = "") -> str:
    return _with_next(reverse("account_login"), welcome_url(go_on_to))


def _with_next(url: str, page: str) -> str:
    return f"{url}?{urlencode({'next': page})}" if page else url
