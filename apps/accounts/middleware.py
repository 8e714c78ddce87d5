from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.preferences import time_zones
from apps.accounts.session_list import note_use


class PersonMiddleware:
    """Shows times in the zone of whoever is signed in, and notes that their session is in use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with _zone(request):
            response = self.get_response(request)
        if request.session.accessed:
            note_use(request)
        return response


def _zone(request: HttpRequest) -> AbstractContextManager[object]:
    """Without a session's cookie nothing is looked up. A stored zone may be unknown to this system."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return nullcontext()
    user = request.user
    zone = user.time_zone if isinstance(user, User) else ""
    return timezone.override(zone) if zone in time_zones() else nullcontext()


class ClosedAccountMiddleware:
    """Someone who signs in to an account that they have closed can only keep it, or sign out again."""

    OPEN = frozenset({"account_closed", "account_logout", "theme"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        match, user = request.resolver_match, request.user
        is_closed = isinstance(user, User) and user.closed_at is not None
        return redirect("account_closed") if is_closed and match and match.url_name not in self.OPEN else None
