from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Workspace
from apps.common.names import clean_name
from apps.knowledge.models import Collection


class CollectionForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("For example: Staff handbook"))
    is_public = forms.BooleanField(
        label=_("Everyone on this site can search it"),
        help_text=_("Even without an account. Leave this off for documents that only you should see."),
        required=False,
    )

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._workspace = workspace
        if not workspace.is_operator:
            del self.fields["is_public"]

    def clean_name(self) -> str:
        name = clean_name(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Enter a name with visible characters."))
        if Collection.objects.filter(workspace=self._workspace, slug=slugify(name)).exists():
            raise forms.ValidationError(_("A collection with this name already exists. Choose another name."))
        return name

    @property
    def slug(self) -> str:
        """Made from the name; random where the name has no Latin letter."""
        return slugify(self.cleaned_data["name"]) or f"c-{uuid.uuid4().hex[:12]}"
