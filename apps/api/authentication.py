"""Who calls: a person with the token of a session, or an API key. Cookies are not looked at, so that no page of another
site can call with the session of the person in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.accounts.api_keys import key_of_token, note_key_use, viewer_for
from apps.accounts.models import ApiKey, User
from apps.accounts.request_limits import counted_as
from apps.accounts.selectors import viewer_of_session
from apps.accounts.session_list import session_row_of
from apps.accounts.viewer import Viewer
from apps.common import ratelimit
from apps.common.addresses import request_address, subscriber_of
from apps.common.errors import AppError, Code

SCHEME = "bearer"
WRONG_KEYS, WRONG_KEY_SECONDS = 10, 300  # of one network address; valid keys go on working
TOO_MANY_WRONG = _("Too many wrong API keys. Try again in 5 minutes.")


@dataclass(frozen=True)
class Caller:
    """`key` is None for a person, `session_row` is the row of their session in the list."""

    viewer: Viewer
    key: ApiKey | None = None
    session_row: int | None = None

    @property
    def user(self) -> User | None:
        return self.viewer.user

    @property
    def counted_as(self) -> str:
        """One word for each person and key."""
        return counted_as(self.viewer, "")


Found = tuple[User | AnonymousUser, Caller]


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer quoth_...`"""

    def authenticate(self, request: Request) -> Found | None:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        key = key_of_token(token.strip()) if scheme.lower() == SCHEME else None
        if key is None:
            _count_wrong_key(request)
            raise AuthenticationFailed
        note_key_use(key)
        return AnonymousUser(), Caller(viewer_for(key), key=key)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionTokenAuthentication(BaseAuthentication):
    """`X-Session-Token`, from signing in with the API."""

    def authenticate(self, request: Request) -> Found | None:
        token = request.headers.get("X-Session-Token", "")
        if not token:
            return None
        viewer = viewer_of_session(token)
        if viewer.user is None:
            raise AuthenticationFailed
        return viewer.user, Caller(viewer, session_row=session_row_of(token))


def _count_wrong_key(request: Request) -> None:
    address = subscriber_of(request_address(request))
    if not ratelimit.take(f"wrong API keys of {address}", limit=WRONG_KEYS, seconds=WRONG_KEY_SECONDS):
        raise AppError(Code.TOO_MANY, TOO_MANY_WRONG)
