"""The sign-in library's forms in the product's words."""

from __future__ import annotations

from typing import Any

from allauth.account import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: dict[str, Promise] = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "remember": _("Stay signed in"),
    "oldpassword": _("Current password"),
    "password2": _("The same again"),
}
NEW_PASSWORD = {"password1": _("New password")}
PASSWORD_HELP = _("At least 8 characters, and not a word that many people use.")


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
SignupForm = _worded(forms.SignupForm)
AddEmailForm = _worded(forms.AddEmailForm)
ChangePasswordForm = _worded(forms.ChangePasswordForm, **NEW_PASSWORD)
SetPasswordForm = _worded(forms.SetPasswordForm)
ResetPasswordForm = _worded(forms.ResetPasswordForm)
ResetPasswordKeyForm = _worded(forms.ResetPasswordKeyForm, **NEW_PASSWORD)
