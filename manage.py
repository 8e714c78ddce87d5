#!/usr/bin/env python
"""Quoth's command line. `manage.py help` lists the commands; the product's own are documented in docs/operator."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")
    from django.core.exceptions import ImproperlyConfigured

    from apps.common.errors import AppError
    from apps.common.outages import outages_as_app_errors

    try:
        with outages_as_app_errors():
            _run()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except AppError as outage:
        sys.exit(str(outage.message))


def _run() -> None:
    if sys.argv[1:2] == ["demo"]:
        from chatbot_saas.first_start import ensure_env_file

        ensure_env_file()
    from django.conf import settings
    from django.core.management import execute_from_command_line

    settings.INSTALLED_APPS  # noqa: B018  # raises what is missing; some of Django's commands would go on without it
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
