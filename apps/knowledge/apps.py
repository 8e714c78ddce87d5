from django.apps import AppConfig

import apps.knowledge.config  # noqa: F401 - declares its sections of quoth.yaml


class KnowledgeConfig(AppConfig):
    name = "apps.knowledge"
