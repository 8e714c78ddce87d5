from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

import apps.api.config  # noqa: F401 - declares its section of quoth.yaml


class ApiConfig(AppConfig):
    name = "apps.api"
    verbose_name = _("API")

    def ready(self) -> None:
        from apps.api import deletion_rules  # noqa: F401 - declares them
