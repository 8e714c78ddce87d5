from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

import apps.chat.config  # noqa: F401 - declares its sections of quoth.yaml


class ChatConfig(AppConfig):
    name = "apps.chat"
    verbose_name = _("Questions")

    def ready(self) -> None:
        from apps.chat import deletion_rules, receivers  # noqa: F401 - declares them, connects them
        from apps.chat.pages.document_quotes import document_quotes
        from apps.knowledge.pages.document_sections import add_document_section

        add_document_section(document_quotes)
