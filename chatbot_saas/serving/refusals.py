"""Errors with which the server refuses requests before Django, some with statuses that no view uses."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.common.errors import AppError, Code


class Refusal(AppError):
    """An AppError with a given status."""

    def __init__(self, status: int, code: Code, message: Promise) -> None:
        super().__init__(code, message)
        self._status = status

    @property
    def status(self) -> int:
        return self._status


class TooSlow(Refusal):
    def __init__(self) -> None:
        super().__init__(408, Code.INVALID, _("This request arrived too slowly. Send it again."))


class TooLarge(Refusal):
    def __init__(self) -> None:
        sentence = _("This is too large to be sent at once. Go back and send fewer or smaller files.")
        super().__init__(413, Code.TOO_LONG, sentence)


class TooManyHeaders(Refusal):
    def __init__(self) -> None:
        sentence = _("This request has too many headers. Delete this site's cookies and try again.")
        super().__init__(431, Code.TOO_LONG, sentence)


class Ambiguous(AppError):
    def __init__(self) -> None:
        super().__init__(
            Code.INVALID,
            _(
                "It is not clear where this request ends. Send it with either Content-Length or Transfer-Encoding."
            ),
        )


class CutOff(AppError):
    def __init__(self) -> None:
        super().__init__(Code.INVALID, _("This form did not arrive completely. Send it again."))


class UnknownType(AppError):
    def __init__(self) -> None:
        super().__init__(
            Code.INVALID,
            _("The Content-Type of this request cannot be read. Send it again with a valid one."),
        )


class WrongHost(AppError):
    def __init__(self) -> None:
        super().__init__(Code.INVALID, _("This site has another name. Use the address that you were given."))


class TooManyUploads(AppError):
    def __init__(self) -> None:
        super().__init__(
            Code.TOO_MANY, _("Too many of your files are being sent. Wait until one has arrived.")
        )


class TooMuchAtOnce(AppError):
    def __init__(self) -> None:
        super().__init__(
            Code.TOO_MANY, _("Your network is sending too much at once. Wait a moment and try again.")
        )
