"""The secret of the link that resets a password."""

from __future__ import annotations

from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from apps.accounts.models import User


class ResetTokenGenerator(PasswordResetTokenGenerator):
    """The link ends with a new password or address of the account. Neither signing in nor beginning a change of the
    address ends it, because whoever else knows the password could do that.
    """

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        email = getattr(user, user.get_email_field_name())
        return f"{user.pk}|{user.password}|{email}|{timestamp}"


def new_password_path(user: User) -> str:
    """Where someone who has just proved the address chooses a password."""
    key = ResetTokenGenerator().make_token(user)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])
