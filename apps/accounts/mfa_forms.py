"""allauth's forms of second factors in the product's words, for this site's origin alone."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.forms import BooleanField
from django.utils.translation import gettext_lazy as _

from apps.accounts.forms import LABELS, Worded, worded
from apps.common.names import clean_name
from apps.common.site import site_origin

MALFORMED = (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError, struct.error)
CODE = _("Code of your app, or a recovery code")

AuthenticateForm = worded(base.AuthenticateForm, code=CODE)
ReauthenticateForm = worded(base.ReauthenticateForm, code=CODE)
ActivateTOTPForm = worded(totp.ActivateTOTPForm, code=_("Code that the app shows"))


class AddPasskeyForm(Worded, webauthn.AddWebAuthnForm):
    labels = LABELS
    passwordless = BooleanField(
        label=_("Sign in with it alone"),
        required=False,
        initial=True,
        help_text=_(
            "The device then asks for your fingerprint, face or PIN. Otherwise you enter your password too."
        ),
    )

    def clean_name(self) -> str:
        name: str = super().clean_name()
        return clean_name(name)[:100] or super().clean_name()

    def clean(self) -> dict[str, Any]:
        with _refusing_what_is_malformed():
            credential = self.cleaned_data.get("credential")
            if credential:
                _check_origin(auth.parse_registration_response(credential))
            cleaned: dict[str, Any] = super().clean()
            if credential:
                _note_whether_it_signs_in_alone(credential, bool(cleaned.get("passwordless")))
        return cleaned


class RenamePasskeyForm(Worded, webauthn.EditWebAuthnForm):
    labels = LABELS

    def clean_name(self) -> str:
        name = clean_name(self.cleaned_data["name"])
        if not name or len(name) > 100:
            raise ValidationError(_("Enter a name of at most 100 characters."))
        return name


class AuthenticatePasskeyForm(webauthn.AuthenticateWebAuthnForm):
    """The browser says which page it signed for."""

    def clean_credential(self) -> Any:
        with _refusing_what_is_malformed():
            _check_origin(auth.parse_authentication_response(self.cleaned_data["credential"]))
            return super().clean_credential()


class ReauthenticatePasskeyForm(AuthenticatePasskeyForm, webauthn.ReauthenticateWebAuthnForm):
    pass


class LoginPasskeyForm(AuthenticatePasskeyForm, webauthn.LoginWebAuthnForm):
    """Only for a key that its owner added to sign in with it alone."""

    def clean_credential(self) -> Any:
        authenticator = super().clean_credential()
        if not authenticator.wrap().is_passwordless:
            raise get_adapter().validation_error("incorrect_code")
        return authenticator


def _note_whether_it_signs_in_alone(credential: dict[str, Any], alone: bool) -> None:
    """What the owner chose: some browsers say nothing about it, and some devices keep every key for it."""
    credential["clientExtensionResults"] = {"credProps": {"rk": alone}}


def _check_origin(response: Any) -> None:
    if response.response.client_data.origin != site_origin():
        raise get_adapter().validation_error("incorrect_code")


@contextmanager
def _refusing_what_is_malformed() -> Iterator[None]:
    """The library expects what a browser makes; anyone can send anything."""
    try:
        yield
    except MALFORMED as error:
        raise get_adapter().validation_error("incorrect_code") from error
