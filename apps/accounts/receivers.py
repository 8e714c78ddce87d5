"""Signal receivers: one service call each."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, password_changed, password_reset, password_set
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from apps.accounts.models import User
from apps.accounts.services import after_new_password, claim_account, complete_account


@receiver(user_logged_in)
def complete(user: User, **_: object) -> None:
    complete_account(user)


@receiver(password_reset)
def claim_by_reset(user: User, **_: object) -> None:
    """The link was sent to the account's address and to no other."""
    claim_account(user)


@receiver(email_confirmed)
def claim_by_confirmation(request: HttpRequest, email_address: EmailAddress, **_: object) -> None:
    """The browser that confirms a change of address stays signed in."""
    claim_account(email_address.user)
    if request.user == email_address.user:
        update_session_auth_hash(request, email_address.user)


@receiver([password_changed, password_set])
def end_what_the_old_password_began(user: User, **_: object) -> None:
    after_new_password(user)
