"""Reads Celery's configuration."""

from __future__ import annotations

import sys
from typing import Any

from celery.loaders.app import AppLoader
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class Loader(AppLoader):
    """Wrong settings end the process with one sentence, like `manage.py`."""

    def config_from_object(self, obj: Any, silent: bool = False) -> Any:
        try:
            settings.SECRET_KEY  # noqa: B018 - makes Django read the settings
        except ImproperlyConfigured as error:
            sys.exit(str(error))
        return super().config_from_object(obj, silent)
