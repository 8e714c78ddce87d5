from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.accounts.forms import NO_ADDRESS
from apps.accounts.models import Role
from apps.common.names import clean_name

ROLES = (
    (Role.MEMBER, _("Member: can ask")),
    (Role.EDITOR, _("Editor: can also change documents")),
    (Role.OWNER, _("Owner: can also change people")),
)


class WorkspaceForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=60, widget=forms.TextInput({"dir": "auto", "autocomplete": "off"})
    )

    def clean_name(self) -> str:
        name = clean_name(self.cleaned_data["name"])
        if not name:
            raise ValidationError(_("Enter a name with visible characters."))
        return name


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(label=_("Role"), choices=ROLES, coerce=Role)


class InvitationForm(RoleForm):
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput({"autocomplete": "off"}),
        error_messages={"required": NO_ADDRESS, "invalid": NO_ADDRESS},
    )
    field_order = ("email", "role")
