from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

import apps.accounts.config  # noqa: F401 - declares its section of quoth.yaml


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from apps.accounts import deletion_rules, receivers  # noqa: F401 - declares them, connects them
