from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Workspace
from apps.common.names import clean_name
from apps.knowledge.models import Collection

NO_NAME = _("Enter a name with visible characters.")


class CollectionSettingsForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=150)
    description = forms.CharField(
        label=_("Description"),
        max_length=500,
        required=False,
        help_text=_("What the documents are about. It is shown on the collection's page."),
    )
    is_public = forms.BooleanField(
        label=_("Everyone on this site can search it"),
        help_text=_("Even without an account."),
        required=False,
    )

    def __init__(self, data: QueryDict | None, *, collection: Collection) -> None:
        values = {name: getattr(collection, name) for name in ("name", "description", "is_public")}
        super().__init__(data, initial=values)
        if not collection.workspace.is_operator:
            del self.fields["is_public"]

    def clean_name(self) -> str:
        name = clean_name(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(NO_NAME)
        return name


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
            raise forms.ValidationError(NO_NAME)
        named = Collection.objects.filter(workspace=self._workspace, deleted_at=None)
        if named.filter(slug=slugify(name)).exists():
            raise forms.ValidationError(_("A collection with this name already exists. Choose another name."))
        return name

    @property
    def slug(self) -> str:
        """Made from the name; random where the name has no Latin letter."""
        return slugify(self.cleaned_data["name"]) or f"c-{uuid.uuid4().hex[:12]}"
