"""The one error a user may see. Any other exception is an outage (`outages`), or a bug that is logged whole."""

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
    """Missing, or not the caller's: the two are never told apart."""

    def __init__(self) -> None:
        super().__init__(Code.NOT_FOUND, _("There is nothing at this address."))
