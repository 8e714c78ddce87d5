"""What a browser has shown of an account before it is signed in: kept in its session, and void once the account's
sessions have ended.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from apps.accounts.models import User

SHOWN = (
    "credentials_of"  # key in the session: the password or another way in was right for the user of this hash
)
CODE = "code_for"  # the same of a code by e-mail that has been sent


def note(request: HttpRequest, user: User, kind: str = SHOWN) -> None:
    request.session[kind] = user.get_session_auth_hash()


def hold(request: HttpRequest, user: User, kind: str = SHOWN) -> bool:
    """No session, password or address of the user has ended since `note`."""
    return constant_time_compare(request.session.get(kind, ""), user.get_session_auth_hash())


def forget(request: HttpRequest) -> None:
    for kind in (SHOWN, CODE):
        request.session.pop(kind, None)
