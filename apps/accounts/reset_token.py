"""The secret of the link that resets a password."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator


class ResetTokenGenerator(PasswordResetTokenGenerator):
    """The link ends with a new password or address of the account. Neither signing in nor beginning a change of the
    address ends it, because whoever else knows the password could do that.
    """

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        email = getattr(user, user.get_email_field_name())
        return f"{user.pk}|{user.password}|{email}|{timestamp}"
