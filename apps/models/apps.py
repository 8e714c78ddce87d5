from django.apps import AppConfig

import apps.models.config  # noqa: F401 - declares its sections of quoth.yaml


class ModelsConfig(AppConfig):
    """The label is `ml`, so that nothing is confused with django.db.models; tables are named ml_*."""

    name = "apps.models"
    label = "ml"
