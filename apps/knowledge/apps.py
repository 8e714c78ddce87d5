from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

import apps.knowledge.config  # noqa: F401 - declares its sections of quoth.yaml


class KnowledgeConfig(AppConfig):
    name = "apps.knowledge"
    verbose_name = _("Documents")

    def ready(self) -> None:
        from apps.knowledge import deletion_rules, receivers  # noqa: F401 - declares them, connects them
