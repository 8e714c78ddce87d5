"""How the sign-in library (allauth) is made to follow this product's rules."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.accounts.device import WRONG_PASSWORDS, known_device, remember_device
from apps.accounts.models import User
from apps.accounts.selectors import owner_of
from apps.accounts.services import forget_other_claims, make_personal_workspace, recheck_sockets
from apps.common.addresses import client_address, subscriber_of
from apps.common.errors import AppError, Code
from apps.common.site import is_own_path, site_host, site_origin


def display_name(user: User) -> str:
    return user.name or user.email


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "duplicate_email": _("This is your address already, or it waits to be confirmed."),
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("The password is wrong."),
        "rate_limited": _("That was too often. Try again later."),
        "too_many_login_attempts": _(
            "Too many wrong passwords. Try again in 5 minutes, or reset the password."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGN_UP_OPEN)

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: User, form: Form, commit: bool = True) -> User:
        """Signing up also makes the personal workspace, in the same transaction."""
        saved: User = super().save_user(request, user, form, commit)
        if commit:
            make_personal_workspace(saved)
        return saved

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There is no user name: people are known by e-mail address."""

    def unstash_verified_email(self, request: HttpRequest) -> None:
        """Addresses come confirmed from nowhere else. allauth would write to the session, and so set a cookie for a
        new account only.
        """

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """False, with a message, when the address is another account's."""
        owner = owner_of(email_address.email)
        if owner is None or owner.pk == email_address.user_id:
            try:
                with transaction.atomic():
                    forget_other_claims(email_address.user, email_address.email)
                    return bool(super().confirm_email(request, email_address))
            except IntegrityError:  # someone signed up with it at this moment
                pass
        context = {"email": email_address.email}
        template = "account/messages/email_confirmation_failed.txt"
        self.add_message(request, messages.ERROR, template, context)
        return False

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **details)
        remember_device(response, user)
        return response

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            recheck_sockets(user)

    def is_safe_url(self, url: str | None) -> bool:
        return is_own_path(url or "")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Raises AppError while the mail server does not take it."""
        context = context | {"site_url": site_origin(), "site_host": site_host()}
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError) as error:
            raise AppError(
                Code.UNAVAILABLE, _("E-mail cannot be sent right now. Try again in a few minutes.")
            ) from error

    def get_client_ip(self, request: HttpRequest) -> str:
        forwarded_for = request.headers.get("X-Forwarded-For", "")
        return subscriber_of(client_address(request.META.get("REMOTE_ADDR", ""), forwarded_for))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords count for the account; those of a browser that it knows, in a bucket of their own."""
        user = owner_of(credentials.get("email", ""))
        device = known_device(request, user) if user else ""
        if not device:
            super().pre_authenticate(request, **credentials)
            return
        self._login_failed_rl_usage = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed",
            config={"login_failed": WRONG_PASSWORDS},
            key=device,
        )
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One for all addresses that lead to an account, whatever Host the request had."""
        email = credentials.get("email", "").lower()
        listed = EmailAddress.objects.filter(email=email).order_by("-verified", "pk")
        owner = owner_of(email) or next((address.user for address in listed.select_related("user")), None)
        return f"account:{owner.pk}" if owner else f"address:{email}"
