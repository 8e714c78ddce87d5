"""The section of `quoth.yaml` about the REST API."""

from __future__ import annotations

from pydantic import Field

from apps.common.config import Section, section


class ApiConfig(Section):
    requests_per_minute: int = Field(gt=0, description="of a person; each API key has a limit of its own")
    unknown_per_minute: int = Field(gt=0, description="without valid credentials, of one network address")
    waiting_at_once: int = Field(ge=0, description="requests that wait for an answer, in each web process")


api_config = section("api", ApiConfig)
