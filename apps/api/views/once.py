from __future__ import annotations

import uuid
from collections.abc import Callable

from apps.api.idempotency import HEADER, Sent, digest_of_request, once
from apps.api.views.base import ApiView


class OnceView(ApiView):
    """A view whose POST makes something, and understands an Idempotency-Key."""

    def once(self, make: Callable[[], uuid.UUID], *told: str | bytes) -> uuid.UUID:
        """The uid of what `make` makes, or has made the first time; `told` is what the body says, if it is a file."""
        return once(self.sent(*told), make)

    def sent(self, *told: str | bytes) -> Sent:
        """This request: two are the same if they have the same address and body."""
        request = self.request._request
        body = told or (request.body,)
        digest = digest_of_request(request.method or "", request.get_full_path(), *body)
        return Sent(self.caller.counted_as, request.headers.get(HEADER, ""), digest)
