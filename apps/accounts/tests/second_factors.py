"""What people have beside their password."""

from __future__ import annotations

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache

from apps.accounts.models import User

SECRET = "JBSWY3DPEHPK3PXP"


def give_app(user: User) -> None:
    """An authenticator app and recovery codes."""
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)


def code(secret: str = SECRET) -> str:
    """What the app shows now, as if it had not been used yet."""
    shown = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    for user in User.objects.all():
        cache.delete(f"allauth.mfa.totp.used?user={user.pk}&code={shown}")
    return str(shown)


def recovery_codes_of(user: User) -> list[str]:
    codes: list[str] = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    return codes
