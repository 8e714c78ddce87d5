"""How often expensive requests may be made: per person who is signed in, else per network address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from apps.accounts.viewer import Viewer, viewer_of
from apps.common import ratelimit
from apps.common.addresses import request_address, subscriber_of
from apps.common.config import config
from apps.common.errors import AppError, Code

MINUTE = 60
View = Callable[..., HttpResponseBase]


def check_rate(viewer: Viewer, address: str, limit: str) -> None:
    """`limit` is a key under `limits` in quoth.yaml that counts per minute. Raises AppError."""
    who = f"user {viewer.user.pk}" if viewer.user else f"address {subscriber_of(address)}"
    if not ratelimit.take(f"{limit} of {who}", limit=getattr(config().limits, limit), seconds=MINUTE):
        raise AppError(Code.TOO_MANY, _("That was too often. Try again in a minute."))


def limited(limit: str) -> Callable[[View], View]:
    """A view that counts against `limit` (see check_rate)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            check_rate(viewer_of(request.user, request.session), request_address(request), limit)
            return view(request, *args, **kwargs)

        return counted

    return decorate
