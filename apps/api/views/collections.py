from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Workspace
from apps.accounts.selectors import workspaces_for
from apps.accounts.workspaces.memberships import workspace_to_fill
from apps.api.operations import Access, operation
from apps.api.pagination import page_by, page_of
from apps.api.presenting import collection_view, collection_views
from apps.api.serializers.knowledge import (
    CollectionIn,
    CollectionOut,
    CollectionsQuery,
    DocumentOut,
    DocumentsQuery,
)
from apps.api.views.base import ApiView, shown
from apps.api.views.once import OnceView
from apps.common.errors import AppError, Code, NotFound
from apps.knowledge.models import Collection
from apps.knowledge.pages.document_list import matching_documents
from apps.knowledge.pages.forms import CollectionForm
from apps.knowledge.selectors import collection_for, collections_for
from apps.knowledge.services import ensure_collection


class CollectionsView(OnceView):
    @operation("list_collections", Access.READ, query=CollectionsQuery, returns=page_of(CollectionOut))
    def get(self, request: Request) -> Response:
        rows = collections_for(self.viewer).select_related("workspace")
        if "workspace" in self.asked:
            rows = rows.filter(workspace__uid=self.asked["workspace"])
        page = page_by(rows, ("name", "uid"), self.asked, lambda found: collection_views(self.viewer, found))
        return shown(page_of(CollectionOut), page)

    @operation(
        "create_collection", Access.WRITE, body=CollectionIn, status=201, returns=CollectionOut, once=True
    )
    def post(self, request: Request) -> Response:
        wanted = self.body(CollectionIn)
        made = self.once(lambda: self._made(wanted).uid)
        return shown(CollectionOut, collection_view(self.viewer, collection_for(self.viewer, made)), 201)

    def _made(self, wanted: dict[str, Any]) -> Collection:
        home = self._workspace(wanted.get("workspace_id"))
        form = CollectionForm({"name": wanted["name"], "is_public": wanted["is_public"]}, workspace=home)
        if not form.is_valid():
            raise ValidationError({name: list(map(str, faults)) for name, faults in form.errors.items()})
        fields = form.cleaned_data
        if wanted["is_public"] and not fields.get("is_public"):
            raise AppError(Code.FORBIDDEN, _("Collections of this workspace can't be opened to everyone."))
        return ensure_collection(
            home, form.slug, name=fields["name"], is_public=fields.get("is_public", False)
        )

    def _workspace(self, uid: uuid.UUID | None) -> Workspace:
        """Raises NotFound."""
        mine = workspaces_for(self.viewer, editing=True)
        if uid is None and self.viewer.user:
            return workspace_to_fill(self.viewer.user)
        chosen = mine.filter(uid=uid).first() if uid else mine.first()
        if chosen is None:
            raise NotFound
        return chosen


class CollectionView(ApiView):
    @operation("get_collection", Access.READ, returns=CollectionOut)
    def get(self, request: Request, collection_id: uuid.UUID) -> Response:
        found = collection_for(self.viewer, collection_id)
        return shown(CollectionOut, collection_view(self.viewer, found))


class DocumentsView(ApiView):
    @operation("list_documents", Access.READ, query=DocumentsQuery, returns=page_of(DocumentOut))
    def get(self, request: Request, collection_id: uuid.UUID) -> Response:
        """By name."""
        found = collection_for(self.viewer, collection_id)
        rows = matching_documents(found, self.asked.get("q", "")).select_related("collection")
        page = page_by(rows, ("sort_key", "uid"), self.asked, list)
        return shown(page_of(DocumentOut), page)
