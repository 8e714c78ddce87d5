from django.apps import AppConfig

import apps.models.config  # noqa: F401 - declares its sections of quoth.yaml


class ModelsConfig(AppConfig):
    """Labelled `ml`: `models` would be confused with django.db.models, and tables become ml_*."""

    name = "apps.models"
    label = "ml"
