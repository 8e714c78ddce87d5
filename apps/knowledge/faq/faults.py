from __future__ import annotations

from django.utils.translation import gettext as _

from apps.common.errors import AppError, Code


class FaqFault(AppError):
    """What is wrong with an entry; `field` is that of FaqFields, "" for the entry as a whole."""

    def __init__(self, field: str, message: str, code: Code = Code.INVALID) -> None:
        super().__init__(code, message)
        self.field = field


class EntryChanged(FaqFault):
    """Somebody has changed the entry since it was read."""

    def __init__(self) -> None:
        super().__init__("", _("Somebody has changed this entry meanwhile. Open it again."), Code.CONFLICT)
