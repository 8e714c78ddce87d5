"""Settings of the tests and of mypy: as shipped, with a key of their own and without collected static files."""

import os
import secrets

os.environ.setdefault("SECRET_KEY", secrets.token_hex(32))

from chatbot_saas.settings import *  # noqa: F403 - the key must be there first

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
