"""How often expensive requests may be made: per person who is signed in, else per network address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from apps.accounts.viewer import Viewer, viewer_of_request
from apps.common import ratelimit
from apps.common.addresses import request_address, subscriber_of
from apps.common.errors import AppError, Code

MINUTE = 60
View = Callable[..., HttpResponseBase]


def check_rate(viewer: Viewer, address: str, requests: str, per_minute: int) -> None:
    """`requests` names what is counted. Raises AppError."""
    if not ratelimit.take(f"{requests} of {counted_as(viewer, address)}", limit=per_minute, seconds=MINUTE):
        raise AppError(Code.TOO_MANY, _("That was too often. Try again in a minute."))


def counted_as(viewer: Viewer, address: str) -> str:
    """Whose requests they are: those of a visitor are counted for their network address."""
    if viewer.workspace is not None:
        return viewer.visitor_key
    return f"user {viewer.user.pk}" if viewer.user else f"address {subscriber_of(address)}"


def limited(requests: str, per_minute: Callable[[], int]) -> Callable[[View], View]:
    """A view whose requests are counted (see check_rate); `per_minute` is read at each of them."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            viewer = viewer_of_request(request)
            check_rate(viewer, request_address(request), requests, per_minute())
            return view(request, *args, **kwargs)

        return counted

    return decorate
