"""Who has a second factor, and where passkeys work."""

from __future__ import annotations

from ipaddress import ip_address

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser

from apps.accounts.models import User
from apps.common.site import site_origin


def has_second_factor(user: User | AnonymousUser) -> bool:
    """A passkey or an authenticator app; recovery codes alone are none."""
    types = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return user.pk is not None and Authenticator.objects.filter(user_id=user.pk, type__in=types).exists()


def passkeys_work() -> bool:
    """Browsers make passkeys for names of hosts alone, over https or on the machine itself."""
    scheme, _, host = site_origin().partition("://")
    name = host.partition(":")[0] if not host.startswith("[") else host.strip("[]").partition("]")[0]
    return not _is_address(name) and (scheme == "https" or name == "localhost")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
