from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from apps.accounts.second_factor import passkeys_work


def accounts(request: HttpRequest) -> dict[str, object]:
    """What pages and mails about accounts may offer."""
    return {
        "sign_up_open": settings.SIGN_UP_OPEN,
        "mail_is_sent": settings.MAIL_IS_SENT,
        "passkeys_work": passkeys_work(),
        "issuers": settings.OIDC_APPS,
    }
