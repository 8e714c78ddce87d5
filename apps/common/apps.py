from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

import apps.common.checks
import apps.common.disk_space  # noqa: F401 - declares its section of quoth.yaml


class CommonConfig(AppConfig):
    name = "apps.common"

    def ready(self) -> None:
        pre_migrate.connect(_before_migrating, sender=self)
        post_migrate.connect(_after_migrating, sender=self)


def _before_migrating(using: str, **_: Any) -> None:
    from apps.common.db import lift_time_limits

    lift_time_limits(using)


def _after_migrating(using: str, **_: Any) -> None:
    from apps.common.db import restore_time_limits

    restore_time_limits(using)
