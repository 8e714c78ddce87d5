"""The section of `quoth.yaml` about accounts."""

from __future__ import annotations

from pydantic import Field

from apps.common.config import Section, section


class AccountConfig(Section):
    deleted_days: int = Field(
        gt=0, description="a closed account or a deleted workspace can be had back so long"
    )


account_config = section("accounts", AccountConfig)
