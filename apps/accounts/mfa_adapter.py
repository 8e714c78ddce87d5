"""How the second factors of allauth follow this product's rules."""

from __future__ import annotations

import base64

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.common.site import site_host

PRODUCT = "Quoth"
ERROR_MESSAGES: dict[str, Promise] = {
    "add_email_blocked": gettext_lazy("The address cannot be changed now. Try again."),
    "cannot_delete_authenticator": gettext_lazy("This cannot be removed."),
    "cannot_generate_recovery_codes": gettext_lazy("Add a passkey or an authenticator app first."),
    "incorrect_code": gettext_lazy("That did not work. Try again, or use another way."),
    "rate_limited": gettext_lazy("Too many wrong codes. Try again in 5 minutes."),
    "unverified_email": gettext_lazy("Confirm your e-mail address first."),
}


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | ERROR_MESSAGES

    def get_totp_issuer(self) -> str:
        return f"{PRODUCT} ({site_host()})"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the host of QUOTH_URL, whatever Host a request names."""
        return {"id": site_host().partition(":")[0], "name": PRODUCT}

    def generate_authenticator_name(self, user: User, type: str) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def encrypt(self, text: str) -> str:
        """Whoever reads the database alone cannot make codes."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    """Encrypts with the key of SECRET_KEY, and also decrypts with those of SECRET_KEY_FALLBACKS."""
    return MultiFernet(
        [Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _key(secret: str | bytes) -> bytes:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"quoth second factors").derive(force_bytes(secret))
    return base64.urlsafe_b64encode(derived)
