from __future__ import annotations

from apps.common.errors import AppError, Code


class FaqFault(AppError):
    """What is wrong with an entry; `field` is that of FaqFields, "" for the entry as a whole."""

    def __init__(self, field: str, message: str, code: Code = Code.INVALID) -> None:
        super().__init__(code, message)
        self.field = field
