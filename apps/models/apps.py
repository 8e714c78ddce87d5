from django.apps import AppConfig


class ModelsConfig(AppConfig):
    """Labelled `ml`: `models` would be confused with django.db.models, and tables become ml_*."""

    name = "apps.models"
    label = "ml"
