"""Settings for the tests and mypy: the real ones, with a separate key and without collected static files."""

import os
import secrets

os.environ.setdefault("SECRET_KEY", secrets.token_hex(32))

from chatbot_saas.settings import *  # noqa: F403 - the key must be set before

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
