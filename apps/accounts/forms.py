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
PASSWORD_HELP = _("At least 8 characters, and not a word that many people use.")


class _Worded:
    """Mixed into a form of the library."""

    fields: dict[str, Any]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)  # it repeats the label
        if "password1" in self.fields:
            self.fields["password1"].help_text = PASSWORD_HELP


class LoginForm(_Worded, forms.LoginForm):  # type: ignore[misc]  # allauth ships no types
    pass


class SignupForm(_Worded, forms.SignupForm):  # type: ignore[misc]
    pass


class AddEmailForm(_Worded, forms.AddEmailForm):  # type: ignore[misc]
    pass


class ChangePasswordForm(_Worded, forms.ChangePasswordForm):  # type: ignore[misc]
    password1 = forms.SetPasswordField(label=_("New password"))


class SetPasswordForm(_Worded, forms.SetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordForm(_Worded, forms.ResetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordKeyForm(_Worded, forms.ResetPasswordKeyForm):  # type: ignore[misc]
    password1 = forms.SetPasswordField(label=_("New password"))
