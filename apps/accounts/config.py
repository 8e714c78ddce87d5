"""The sections of `quoth.yaml` about accounts and workspaces."""

from __future__ import annotations

from pydantic import Field

from apps.common.config import Section, section


class AccountConfig(Section):
    deleted_days: int = Field(
        gt=0, description="a closed account or a deleted workspace can be had back so long"
    )


class WorkspacesConfig(Section):
    owned_by_one: int = Field(gt=0, description="with so many, a person cannot make another one")
    invitations: int = Field(gt=0, description="of one workspace that wait to be accepted")
    invitations_per_hour: int = Field(gt=0, description="of one workspace, and of one person")
    invitation_days: int = Field(gt=0, description="an invitation can be accepted so long")


account_config = section("accounts", AccountConfig)
workspaces_config = section("workspaces", WorkspacesConfig)
