"""The one error that users may see. Any other exception is an outage (`outages`) or a bug, which is logged in full."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Code(StrEnum):
    NOT_FOUND = "not_found"
    INVALID = "invalid"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    FORBIDDEN = "forbidden"
    CONFLICT = "conflict"
    UNAVAILABLE = "unavailable"
    QUOTA = "quota"
    STORAGE_FULL = "storage_full"
    UNAUTHENTICATED = "unauthenticated"
    SECOND_FACTOR = "second_factor_required"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    UNSUPPORTED_TYPE = "unsupported_media_type"
    MISMATCH = "idempotency_mismatch"
    INTERNAL = "internal_error"


STATUS = {
    Code.NOT_FOUND: 404,
    Code.INVALID: 400,
    Code.TOO_LONG: 400,
    Code.TOO_MANY: 429,
    Code.FORBIDDEN: 403,
    Code.CONFLICT: 409,
    Code.UNAVAILABLE: 503,
    Code.QUOTA: 413,
    Code.STORAGE_FULL: 507,
    Code.UNAUTHENTICATED: 401,
    Code.SECOND_FACTOR: 401,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.UNSUPPORTED_TYPE: 415,
    Code.MISMATCH: 422,
    Code.INTERNAL: 500,
}


class AppError(Exception):
    """`message` is a translated sentence that says what to do; `code` is stable and part of the API."""

    def __init__(self, code: Code, message: Promise | str) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message

    @property
    def status(self) -> int:
        return STATUS[self.code]


class NotFound(AppError):
    """Missing, or not accessible to the caller. The two cases look the same."""

    def __init__(self) -> None:
        super().__init__(Code.NOT_FOUND, _("There is nothing at this address."))
