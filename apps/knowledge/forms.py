from __future__ import annotations

import uuid

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Workspace
from apps.knowledge.models import Collection


class CollectionForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("For example: Staff handbook"))
    is_public = forms.BooleanField(
        label=_("Everyone on this site may ask it"),
        help_text=_("Without an account too. Leave it off for documents that are yours alone."),
        required=False,
    )

    def __init__(self, *args: object, workspace: Workspace, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through to Django unread
        self.workspace = workspace
        if not workspace.is_operator:  # only the operator's collections reach everyone
            del self.fields["is_public"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Collection.objects.filter(workspace=self.workspace, slug=slugify(name)).exists():
            raise forms.ValidationError(_("There is a collection of this name already. Choose another."))
        return name

    @property
    def slug(self) -> str:
        """Made from the name; by chance where the name has no Latin letter."""
        return slugify(self.cleaned_data["name"]) or f"c-{uuid.uuid4().hex[:12]}"
