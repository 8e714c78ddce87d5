"""Which account someone gets who comes from an issuer."""

from __future__ import annotations

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.oidc.id_token import IssuerError
from apps.accounts.selectors import address_is_confirmed, owner_of
from apps.common.names import clean_name

logger = logging.getLogger(__name__)
ERROR_MESSAGES: dict[str, Promise] = {
    "connected_other": _("This is connected to another account."),
    "disconnect_last": _("You could not sign in any more. Set a password first."),
    "email_taken": _("There is an account with this e-mail address already."),
    "invalid_token": _("You could not be signed in. Try again."),
    "no_password": _("You could not sign in any more. Set a password first."),
    "no_verified_email": _("Confirm your e-mail address first."),
}


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    error_messages = DefaultSocialAccountAdapter.error_messages | ERROR_MESSAGES

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user: User = sociallogin.user
        user.email = (data.get("email") or "").lower()
        user.name = clean_name(str(data.get("name") or ""))[:150]
        return user

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """An account is joined if its owner has confirmed the address here, and the issuer says the same."""
        for address in sociallogin.email_addresses:
            owner = owner_of(address.email)
            if address.verified and owner and address_is_confirmed(owner):
                return owner, owner.email
        return None

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """A new account needs an address. Without a mail server nobody could be told that it is taken."""
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        email = sociallogin.user.email
        if not email or (not settings.MAIL_IS_SENT and owner_of(email)):
            raise _refusal(request, sociallogin)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return bool(sociallogin.provider.app.settings["sign_up"])

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        try:
            with transaction.atomic():
                user: User = super().save_user(request, sociallogin, form)
        except IntegrityError as error:  # someone signed up with the address at this moment
            raise _refusal(request, sociallogin) from error
        return user

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, **_: Any
    ) -> None:
        """Texts of other exceptions may contain what the issuer answered, and so tokens."""
        reason = str(exception) if isinstance(exception, IssuerError) else type(exception).__name__
        logger.warning("A sign-in by %s failed: %s", provider.sub_id, reason if exception else str(error))


def connected_accounts(user: User) -> list[tuple[int, str]]:
    """(key, name of the issuer) of what signs in to the account."""
    names = {each["provider_id"]: each["name"] for each in settings.OIDC_APPS}
    rows = SocialAccount.objects.filter(user=user).order_by("pk").values_list("pk", "provider")
    return [(pk, names.get(provider, provider)) for pk, provider in rows]


def _refusal(request: HttpRequest, sociallogin: SocialLogin) -> ImmediateHttpResponse:
    context = {"auth_error": {"provider": sociallogin.provider}, "has_no_account": True}
    return ImmediateHttpResponse(
        render(request, "socialaccount/authentication_error.html", context, status=403)
    )
