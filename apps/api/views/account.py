"""Who calls, and the workspaces that they reach."""

from __future__ import annotations

from dataclasses import dataclass

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import ApiKey, User
from apps.accounts.selectors import workspaces_for
from apps.accounts.services import save_profile
from apps.api.operations import Access, operation
from apps.api.pagination import PageQuery, page_by, page_of
from apps.api.presenting import workspace_views
from apps.api.serializers.accounts import MeOut, ProfileIn, WorkspaceOut
from apps.api.views.base import ApiView, shown
from apps.common.names import clean_name


@dataclass(frozen=True)
class Me:
    person: User | None
    key: ApiKey | None


class MeView(ApiView):
    @operation("get_me", Access.CALLER, returns=MeOut, summary="Who calls")
    def get(self, request: Request) -> Response:
        return shown(MeOut, Me(self.caller.user, self.caller.key))

    @operation(
        "update_me",
        Access.PERSON,
        body=ProfileIn,
        returns=MeOut,
        summary="Change name, language, time zone, theme",
    )
    def patch(self, request: Request) -> Response:
        changes = self.body(ProfileIn)
        user = User.objects.get(pk=self.viewer.user.pk) if self.viewer.user else None
        assert user is not None  # the operation is for people
        for name, value in changes.items():
            setattr(user, name, clean_name(value) if name == "name" else value)
        save_profile(user)
        return shown(MeOut, Me(user, None))


class WorkspacesView(ApiView):
    @operation("list_workspaces", Access.CALLER, query=PageQuery, returns=page_of(WorkspaceOut))
    def get(self, request: Request) -> Response:
        rows = workspaces_for(self.viewer)
        page = page_by(rows, ("name", "uid"), self.asked, lambda found: workspace_views(self.viewer, found))
        return shown(page_of(WorkspaceOut), page)
