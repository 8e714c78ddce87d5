"""System checks of what every process reads."""

from __future__ import annotations

from typing import Any

from django.core.checks import Error, register

from apps.common.config import ConfigError, config


@register
def quoth_yaml(**_: Any) -> list[Error]:
    try:
        config()
    except ConfigError as error:
        return [Error(str(error), id="common.E001")]
    return []
