#!/usr/bin/env python
"""Quoth's command line. `manage.py help` lists the commands; the product's own are documented in docs/operator."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")
    from django.core.exceptions import ImproperlyConfigured

    try:
        _run()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except Exception as error:
        from apps.common.outages import outage_of

        if outage := outage_of(error):
            sys.exit(str(outage.message))
        raise


def _run() -> None:
    if sys.argv[1:2] == ["demo"]:
        from chatbot_saas.first_start import ensure_env_file

        ensure_env_file()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
