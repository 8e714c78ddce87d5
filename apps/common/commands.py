"""What Quoth's commands share: an expected error ends in one sentence, and long work shows that it goes on."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError

from apps.common.config import ConfigError
from apps.common.errors import AppError
from apps.common.health import database_problem
from apps.common.progress import Ticker


class QuothCommand(BaseCommand):
    requires_system_checks: list[str] = []  # of pages and settings; `doctor` looks at what commands need

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except (ConfigError, AppError) as error:
            raise CommandError(str(error)) from error
        except (OperationalError, ProgrammingError) as error:
            if problem := database_problem():
                raise CommandError(problem) from error
            raise

    def ticking(self, line: str) -> Ticker:
        """On standard error, so that standard output holds the result alone."""
        return Ticker(partial(self.stderr.write, style_func=self.style.NOTICE), line)
