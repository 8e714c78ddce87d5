"""How Celery reads its configuration."""

from __future__ import annotations

import sys
from typing import Any

from celery.loaders.app import AppLoader
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class Loader(AppLoader):
    """Wrong settings end the process in one sentence, as they end `manage.py`."""

    def config_from_object(self, obj: Any, silent: bool = False) -> Any:
        try:
            settings.SECRET_KEY  # noqa: B018 - has Django read them
        except ImproperlyConfigured as error:
            sys.exit(str(error))
        return super().config_from_object(obj, silent)
