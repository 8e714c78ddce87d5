"""Signal receivers: one service call each."""

from __future__ import annotations

from allauth.account import signals
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.signals import social_account_added, social_account_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from apps.accounts.models import User
from apps.accounts.oidc.roles import apply_roles
from apps.accounts.services import (
    after_new_password,
    claim_account,
    complete_account,
    disconnect_issuers,
    end_sessions,
)
from apps.accounts.session_list import forget_session, keep_session, record_session


@receiver(user_logged_in)
def complete(request: HttpRequest, user: User, **_: object) -> None:
    complete_account(user)
    record_session(request, user)


@receiver(signals.user_logged_in)
def give_roles_of_groups(user: User, sociallogin: SocialLogin | None = None, **_: object) -> None:
    """Sent by allauth, which knows the issuer."""
    if sociallogin:
        apply_roles(
            user, sociallogin.account.extra_data["groups"], sociallogin.provider.app.settings["roles"]
        )


@receiver(user_logged_out)
def forget(request: HttpRequest, **_: object) -> None:
    forget_session(request.session.session_key)


@receiver(password_reset)
def claim_by_reset(user: User, **_: object) -> None:
    """The link was sent to the account's address and to no other. Whoever knew the old password may have connected
    an issuer.
    """
    disconnect_issuers(user)
    claim_account(user)


@receiver(email_confirmed)
def claim_by_confirmation(request: HttpRequest, email_address: EmailAddress, **_: object) -> None:
    """The browser that confirms a change of address stays signed in."""
    claim_account(email_address.user)
    if request.user == email_address.user:
        keep_session(request, email_address.user)


@receiver([authenticator_added, authenticator_removed])
def end_what_the_old_factors_began(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: object
) -> None:
    """Recovery codes come and go with the others."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        _end_other_sessions(request, user)


@receiver(social_account_added)
def end_what_began_before_it(request: HttpRequest, sociallogin: SocialLogin, **_: object) -> None:
    _end_other_sessions(request, sociallogin.user)


@receiver(social_account_removed)
def end_what_an_issuer_began(request: HttpRequest, socialaccount: SocialAccount, **_: object) -> None:
    _end_other_sessions(request, socialaccount.user)


@receiver([password_changed, password_set])
def end_what_the_old_password_began(request: HttpRequest, user: User, **_: object) -> None:
    """allauth has kept the session of the request, with another key."""
    after_new_password(user)
    if request.user == user:
        record_session(request, user)


def _end_other_sessions(request: HttpRequest, user: User) -> None:
    if request.user == user:
        end_sessions(user)
        keep_session(request, user)
