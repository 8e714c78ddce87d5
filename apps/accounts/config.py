"""The section of `quoth.yaml` about workspaces."""

from __future__ import annotations

from pydantic import Field

from apps.common.config import Section, section


class WorkspacesConfig(Section):
    owned_by_one: int = Field(gt=0, description="with so many, a person cannot make another one")
    invitations: int = Field(gt=0, description="of one workspace that wait to be accepted")
    invitations_per_hour: int = Field(gt=0, description="of one workspace, and of one person")
    invitation_days: int = Field(gt=0, description="an invitation can be accepted so long")


workspaces_config = section("workspaces", WorkspacesConfig)
