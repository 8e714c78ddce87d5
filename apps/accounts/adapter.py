from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest

from apps.accounts.models import User
from apps.accounts.services import make_personal_workspace


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Signing up also makes the personal workspace, in the same transaction."""

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: User, form: Form, commit: bool = True) -> User:
        saved: User = super().save_user(request, user, form, commit)
        if commit:
            make_personal_workspace(saved)
        return saved

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There is no user name: people are known by e-mail address."""
