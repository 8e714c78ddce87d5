from django.apps import AppConfig

import apps.chat.config  # noqa: F401 - declares its sections of quoth.yaml


class ChatConfig(AppConfig):
    name = "apps.chat"

    def ready(self) -> None:
        from apps.chat import receivers  # noqa: F401 - connects them
        from apps.chat.pages.document_quotes import document_quotes
        from apps.knowledge.pages.document_sections import add_document_section

        add_document_section(document_quotes)
