from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
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

    def __init__(self, *args: Any, workspaces: QuerySet[Workspace], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._only = workspaces[0] if len(workspaces) == 1 else None
        if self._only is None:
            self.fields["workspace"] = _workspace_field(workspaces)
            self.order_fields(["name", "workspace"])
        if not any(workspace.is_operator for workspace in workspaces):
            del self.fields["is_public"]

    def clean_name(self) -> str:
        name = clean_name(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(NO_NAME)
        return name

    def clean(self) -> dict[str, Any]:
        fields = self.cleaned_data
        if self._only is not None:
            fields["workspace"] = self._only
        if "name" in fields and "workspace" in fields:
            self._check(fields["workspace"])
        return fields

    def _check(self, workspace: Workspace) -> None:
        named = Collection.objects.filter(workspace=workspace, deleted_at=None)
        if named.filter(slug=slugify(self.cleaned_data["name"])).exists():
            self.add_error("name", _("A collection with this name already exists. Choose another name."))
        if self.cleaned_data.get("is_public") and not workspace.is_operator:
            self.add_error(
                "workspace",
                _("Collections of this workspace can't be opened to everyone. Choose another workspace."),
            )

    @property
    def slug(self) -> str:
        """Made from the name; random where the name has no Latin letter."""
        return slugify(self.cleaned_data["name"]) or f"c-{uuid.uuid4().hex[:12]}"


def _workspace_field(workspaces: QuerySet[Workspace]) -> forms.ModelChoiceField[Workspace]:
    return forms.ModelChoiceField(
        workspaces,
        label=_("Workspace"),
        help_text=_("Its members can search the collection."),
        empty_label=None,
        to_field_name="uid",
    )
