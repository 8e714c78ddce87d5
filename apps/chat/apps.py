from django.apps import AppConfig

import apps.chat.config  # noqa: F401 - declares its sections of quoth.yaml


class ChatConfig(AppConfig):
    name = "apps.chat"

    def ready(self) -> None:
        from apps.chat import receivers  # noqa: F401 - connects them
