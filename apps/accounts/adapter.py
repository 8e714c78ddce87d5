from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.services import make_personal_workspace


def display_name(user: User) -> str:
    return user.name or user.email


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Signing up also makes the personal workspace, in the same transaction."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "cannot_remove_primary_email": _("This is the main address. Make another the main one first."),
        "duplicate_email": _("This address is on the list already."),
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "email_taken": _("There is an account with this address already. Sign in instead."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("The password is wrong."),
        "max_email_addresses": _("You cannot have more than %d addresses."),
        "rate_limited": _("That was too often. Try again later."),
        "too_many_login_attempts": _("Too many attempts failed. Try again later."),
    }

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: User, form: Form, commit: bool = True) -> User:
        saved: User = super().save_user(request, user, form, commit)
        if commit:
            make_personal_workspace(saved)
        return saved

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There is no user name: people are known by e-mail address."""
