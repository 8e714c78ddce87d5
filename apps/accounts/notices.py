"""E-mails that tell the owner of an account about what someone changed in it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOTICES: dict[str, Promise] = {  # {prefix of the library's templates: what happened}
    "account/email/account_closed": _(
        "It was closed, and it will be erased. Until then you can sign in and keep it."
    ),
    "account/email/email_changed": _("It has another e-mail address now."),
    "account/email/email_deleted": _("The change of its e-mail address was cancelled."),
    "account/email/password_changed": _("Its password was changed."),
    "account/email/password_reset": _("Its password was reset by a link that was sent to you."),
    "account/email/password_set": _("It has a password now."),
    "mfa/email/recovery_codes_generated": _("It has new recovery codes."),
    "mfa/email/totp_activated": _("An authenticator app was set up."),
    "mfa/email/totp_deactivated": _("The authenticator app was removed."),
    "mfa/email/webauthn_added": _("A passkey was added."),
    "mfa/email/webauthn_removed": _("A passkey was removed."),
    "socialaccount/email/account_connected": _("A sign-in by another service was connected."),
    "socialaccount/email/account_disconnected": _("A sign-in by another service was disconnected."),
}
