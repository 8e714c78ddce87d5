"""Joining a workspace by an invitation that someone followed before they signed in or up."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.workspaces.invitations import accept_invitation
from apps.common.errors import AppError, NotFound

KEY = "invitation"  # in the session: the digest of the token


def begin_joining(request: HttpRequest, token_sha256: str) -> None:
    """The next sign-in of this browser accepts the invitation."""
    request.session[KEY] = token_sha256


def go_on_joining(request: HttpRequest, user: User) -> bool:
    """Accepts what `begin_joining` noted, and says how it went. False if there was nothing, or it was refused."""
    token_sha256 = request.session.pop(KEY, "")
    if not token_sha256:
        return False
    try:
        joined = accept_invitation(user, token_sha256)
    except NotFound:
        messages.error(request, _("The invitation no longer works. Ask for a new one."))
        return False
    except AppError as error:
        messages.error(request, str(error.message))
        return False
    messages.success(request, _("You have joined %(name)s.") % {"name": joined.workspace.name})
    return True
