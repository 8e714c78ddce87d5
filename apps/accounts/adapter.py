"""How the sign-in library (allauth) is made to follow this product's rules."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.core.internal.httpkit import is_headless_request
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts import shown_credentials
from apps.accounts.device import WRONG_PASSWORDS, known_device, remember_device
from apps.accounts.first_sign_in import START, first_sign_in_url, welcome_url
from apps.accounts.models import User
from apps.accounts.notices import NOTICES
from apps.accounts.oidc.rules import connected_accounts
from apps.accounts.preferences import carry_preferences
from apps.accounts.reset_token import new_password_path
from apps.accounts.selectors import owner_of
from apps.accounts.services import (
    forget_other_claims,
    forget_unproved_ways_in,
    make_personal_workspace,
    recheck_sockets,
)
from apps.accounts.workspaces.joining import go_on_joining
from apps.common.addresses import client_address, subscriber_of
from apps.common.errors import AppError, Code
from apps.common.site import is_own_path, site_host, site_origin

logger = logging.getLogger(__name__)
ERROR_MESSAGES: dict[str, Promise] = {
    "account_inactive": _("This account is closed."),
    "cannot_remove_primary_email": _("This is the address of your account. Change it instead."),
    "duplicate_email": _("This is your address already, or it waits to be confirmed."),
    "email_password_mismatch": _("The e-mail address or the password is wrong."),
    "email_taken": _("There is an account with this e-mail address already."),
    "enter_current_password": _("This is not your current password."),
    "incorrect_password": _("The password is wrong."),
    "invalid_login": _("You could not be signed in. Try again."),
    "invalid_or_expired_key": _("This link no longer works. Request a new one."),
    "invalid_password_reset": _("This link no longer works. Request a new one."),
    "max_email_addresses": _("An account has at most %d e-mail addresses."),
    "rate_limited": _("That was too often. Try again later."),
    "same_as_current": _("This is what you have now. Enter another."),
    "select_only_one": _("Choose only one."),
    "too_many_login_attempts": _("Too many wrong passwords. Try again in 5 minutes, or reset the password."),
    "unknown_email": _("There is no account with this e-mail address."),
    "unverified_primary_email": _("Confirm your e-mail address first."),
}
SIGN_IN_ENDED = _("This sign-in has ended, because something about the account changed. Sign in again.")
CHOOSE_PASSWORD = _("Choose a password. One that was set in another browser no longer works.")
REAUTHENTICATION: dict[str, Promise] = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use your authenticator app or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Use your passkey"),
}


def display_name(user: User) -> str:
    return user.name or user.email


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | ERROR_MESSAGES
    is_first_sign_in = False

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
                    self._forget_unproved(request, email_address.user)
                    forget_other_claims(email_address.user, email_address.email)
                    return bool(super().confirm_email(request, email_address))
            except IntegrityError:  # someone signed up with it at this moment
                pass
        context = {"email": email_address.email}
        template = "account/messages/email_confirmation_failed.txt"
        self.add_message(request, messages.ERROR, template, context)
        return False

    def _forget_unproved(self, request: HttpRequest, user: User) -> None:
        """Only a browser that has shown the password, or came from the issuer, proves that whose they are has the
        address, too.
        """
        knows_it = request.user == user or shown_credentials.hold(request, user)
        forget_unproved_ways_in(user, by_its_maker=knows_it)

    def pre_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse | None:
        """Called once the credentials are right, before what else the sign-in takes."""
        user.refresh_from_db(
            fields=["password", "session_generation"]
        )  # a code may have confirmed the address
        shown_credentials.note(request, user)
        response: HttpResponse | None = super().pre_login(request, user, **details)
        return response

    def login(self, request: HttpRequest, user: User) -> None:
        if not shown_credentials.hold(request, user):
            if is_headless_request(request):
                raise AppError(Code.UNAUTHENTICATED, SIGN_IN_ENDED)
            messages.error(request, SIGN_IN_ENDED)
            raise ImmediateHttpResponse(redirect("account_login"))
        shown_credentials.forget(request)
        self.is_first_sign_in = user.last_login is None  # Django sets it when signing in
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        """A first sign-in that leads to the start page leads to the welcome page."""
        response: HttpResponse = super().post_login(request, user, **details)
        if is_headless_request(request):  # an app has neither pages nor cookies
            return response
        if go_on_joining(request, user):
            response["Location"] = START
        elif self.is_first_sign_in and urlsplit(response["Location"]).path == START:
            response["Location"] = welcome_url()
        remember_device(response, user)
        carry_preferences(response, user)
        return response

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """A new account goes on to its first sign-in and the welcome page, wherever the link was opened."""
        user = email_address.user
        if not user.has_usable_password() and not connected_accounts(user):
            messages.info(self.request, CHOOSE_PASSWORD)
            return new_password_path(user)
        if user.last_login is None and not self.request.user.is_authenticated:
            return first_sign_in_url()
        url: str = super().get_email_verification_redirect_url(email_address)
        return url

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            recheck_sockets(user)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method | {"description": REAUTHENTICATION[method["id"]]} for method in methods]

    def is_safe_url(self, url: str | None) -> bool:
        return is_own_path(url or "")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Works without a request, too. Raises AppError while the mail server does not take it."""
        context = context | {"email": email, "site_url": site_origin(), "site_host": site_host()}
        try:
            self.render_mail(template_prefix, email, context).send()
        except (SMTPException, OSError) as error:
            raise AppError(
                Code.UNAVAILABLE, _("E-mail cannot be sent right now. Try again in a few minutes.")
            ) from error

    def send_notification_mail(
        self, template_prefix: str, user: User, context: Any = None, email: str | None = None
    ) -> None:
        """After what it tells about is stored. Mail that cannot be sent does not undo it."""
        if settings.MAIL_IS_SENT:
            notice = {"notice": NOTICES[template_prefix]}
            transaction.on_commit(lambda: self._try_to_send(email or user.email, notice))

    def _try_to_send(self, email: str, context: dict[str, Any]) -> None:
        try:
            self.send_mail("account/email/notice", email, context)
        except AppError as error:
            logger.warning("A notice about an account was not sent: %s", type(error.__cause__).__name__)

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
