"""The sign-in library's forms in the product's words."""

from __future__ import annotations

from typing import Any, cast

from allauth.account import forms
from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from allauth.core import context, ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms import ChoiceField, EmailField, ModelForm, Select, TextInput
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.device import limit_key
from apps.accounts.first_sign_in import first_sign_in_url
from apps.accounts.models import Theme, User
from apps.accounts.preferences import time_zone_choices
from apps.accounts.selectors import owner_of
from apps.common.names import clean_name

LABELS: dict[str, Promise] = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "remember": _("Stay signed in"),
    "oldpassword": _("Current password"),
    "password2": _("Repeat new password"),
    "name": _("Name"),
}
NEW_PASSWORD = {"password1": _("New password")}
PASSWORD_HELP = _("At least 8 characters, and not a common password.")
REQUIRED: dict[str, Promise] = {
    "login": _("Enter your e-mail address."),
    "email": _("Enter your e-mail address."),
    "password": _("Enter your password."),
    "oldpassword": _("Enter your current password."),
    "password1": _("Enter a password."),
    "password2": _("Repeat the new password."),
    "code": _("Enter the code."),
}
NO_ADDRESS = _("Enter an e-mail address, such as name@example.org.")
PASSWORDS_DIFFER = _("The two passwords differ. Enter the same one twice.")
ACCOUNT_READY = _(
    "If there was no account with this address yet, it is ready: sign in with the password you chose."
)


class Worded:
    """Mixed into a form of the library."""

    fields: dict[str, Any]
    labels = LABELS

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)  # it repeats the label
            field.error_messages["required"] = REQUIRED.get(name, field.error_messages["required"])
            if isinstance(field, EmailField):
                field.error_messages["invalid"] = NO_ADDRESS
        if "password1" in self.fields:
            self.fields["password1"].help_text = PASSWORD_HELP

    def add_error(self, field: str | None, error: Any) -> None:
        """The library's only error of the second password that is not a ValidationError: it is not the first."""
        differs = field == "password2" and not isinstance(error, ValidationError)
        super().add_error(field, PASSWORDS_DIFFER if differs else error)  # type: ignore[misc]  # the form's


def worded(form: type, **labels: Promise) -> type:
    return type(form.__name__, (Worded, form), {"labels": LABELS | labels})


LoginForm = worded(forms.LoginForm)
AddEmailForm = worded(forms.AddEmailForm, email=_("New e-mail address"))
ChangePasswordForm = worded(forms.ChangePasswordForm, **NEW_PASSWORD)
SetPasswordForm = worded(forms.SetPasswordForm)
ReauthenticateForm = worded(forms.ReauthenticateForm)
ResetPasswordKeyForm = worded(forms.ResetPasswordKeyForm, **NEW_PASSWORD)


class SignupForm(Worded, forms.SignupForm):
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


class ResetPasswordForm(Worded, forms.ResetPasswordForm):
    """The link goes to the account's own address, and to no other that is or was listed for it."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        owner = owner_of(email)
        self.users = [owner] if owner and owner.is_active else []
        return email


class RequestLoginCodeForm(Worded, forms.RequestLoginCodeForm):
    """The code goes to the account's own address; an unknown address gets a mail that says so."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        owner = owner_of(email)
        self._user = owner if owner and owner.is_active else None
        key = limit_key(context.request, self._user, email)
        if not ratelimit.consume(context.request, action="request_login_code", key=key):
            raise get_adapter().validation_error("rate_limited")
        return email


class ConfirmLoginCodeForm(Worded, forms.ConfirmLoginCodeForm):
    """Tries are counted for the address, in whichever session and at whichever code they are made."""

    labels = LABELS | {"code": _("Code of the e-mail")}

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        self.email = email
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        key = limit_key(context.request, owner_of(self.email), self.email)
        if not ratelimit.consume(context.request, action="login_failed", key=f"code for {key}"):
            raise get_adapter().validation_error("rate_limited")
        code: str = super().clean_code()
        return code


class ProfileForm(ModelForm[User]):
    time_zone = ChoiceField(label=_("Time zone"), required=False, choices=time_zone_choices)

    class Meta:
        model = User
        fields = ("name", "language", "time_zone", "theme")
        widgets = {
            "name": TextInput({"autocomplete": "name", "dir": "auto"}),
            "language": Select(),
        }
        help_texts = {"name": _("Leave it empty to be shown by your e-mail address.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theme = cast(ChoiceField, self.fields["theme"])
        theme.choices = Theme.choices
        theme.help_text = _("In every browser in which you sign in.")
        languages = [("", _("That of the browser")), *settings.LANGUAGES]
        cast(Select, self.fields["language"].widget).choices = languages
        if len(settings.LANGUAGES) == 1:
            del self.fields["language"]

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean_language(self) -> str:
        language: str = self.cleaned_data["language"]
        if language and language not in dict(settings.LANGUAGES):
            raise ValidationError(_("Choose a language of the list."))
        return language


def _sign_in_page(request: HttpRequest) -> HttpResponse:
    messages.info(request, ACCOUNT_READY)
    return redirect(first_sign_in_url(get_next_redirect_url(request) or ""))
