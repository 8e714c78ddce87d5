"""The sign-in library's forms in the product's words."""

from __future__ import annotations

from typing import Any

from allauth.account import forms
from allauth.account.utils import passthrough_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.selectors import owner_of

LABELS: dict[str, Promise] = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "remember": _("Stay signed in"),
    "oldpassword": _("Current password"),
    "password2": _("Repeat new password"),
}
NEW_PASSWORD = {"password1": _("New password")}
PASSWORD_HELP = _("At least 8 characters, and not a common password.")
ACCOUNT_READY = _(
    "If there was no account with this address yet, it is ready: sign in with the password you chose."
)


class _Worded:
    """Mixed into a form of the library."""

    fields: dict[str, Any]
    labels = LABELS

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)  # it repeats the label
        if "password1" in self.fields:
            self.fields["password1"].help_text = PASSWORD_HELP


def _worded(form: type, **labels: Promise) -> type:
    return type(form.__name__, (_Worded, form), {"labels": LABELS | labels})


LoginForm = _worded(forms.LoginForm)
AddEmailForm = _worded(forms.AddEmailForm, email=_("New e-mail address"))
ChangePasswordForm = _worded(forms.ChangePasswordForm, **NEW_PASSWORD)
SetPasswordForm = _worded(forms.SetPasswordForm)
ReauthenticateForm = _worded(forms.ReauthenticateForm)
ResetPasswordKeyForm = _worded(forms.ResetPasswordKeyForm, **NEW_PASSWORD)


class SignupForm(_Worded, forms.SignupForm):
    """Tells a new address from a taken one in nothing that the visitor sees, the time it takes included."""

    def validate_unique_email(self, value: str) -> str:
        self.account_already_exists = owner_of(value) is not None
        return value

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        user = None if self.account_already_exists else self._saved(request)
        if user is None:
            make_password(self.cleaned_data["password1"])  # takes as long as saving it
        if not settings.MAIL_IS_SENT:
            return None, _sign_in_page(request)
        if user is not None:
            return user, None
        self.account_already_exists = True
        answer: tuple[None, HttpResponse] = super().try_save(request)  # mails to the owner of the address
        return answer

    def _saved(self, request: HttpRequest) -> User | None:
        """None when someone else signs up with the address at this moment."""
        try:
            with transaction.atomic():
                user: User = self.save(request)
        except IntegrityError:
            return None
        return user


class ResetPasswordForm(_Worded, forms.ResetPasswordForm):
    """The link goes to the account's own address, and to no other that is or was listed for it."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        owner = owner_of(email)
        self.users = [owner] if owner and owner.is_active else []
        return email


def _sign_in_page(request: HttpRequest) -> HttpResponse:
    messages.info(request, ACCOUNT_READY)
    return redirect(passthrough_next_redirect_url(request, reverse("account_login"), "next"))
