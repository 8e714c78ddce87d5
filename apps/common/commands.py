"""What Quoth's commands share: an expected error ends in one sentence, and long work shows that it goes on."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError
from redis.exceptions import RedisError

from apps.common.config import ConfigError
from apps.common.errors import AppError
from apps.common.health import database_problem, newer_database_problem
from apps.common.outages import outage_of
from apps.common.progress import Ticker


class QuothCommand(BaseCommand):
    requires_system_checks: list[str] = []  # of pages and settings; `doctor` looks at what commands need
    writes_to_database = True  # then it is refused on one that a newer version made

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            if self.writes_to_database and (problem := newer_database_problem()):
                raise CommandError(problem)
            return super().execute(*args, **options)
        except (ConfigError, AppError) as error:
            raise CommandError(str(error)) from error
        except (DatabaseError, InterfaceError, RedisError, OSError) as error:
            if sentence := _sentence(error):
                raise CommandError(sentence) from error
            raise

    def ticking(self, line: str) -> Ticker:
        """On standard error, so that standard output holds the result alone."""
        return Ticker(partial(self.stderr.write, style_func=self.style.NOTICE), line)


def _sentence(error: Exception) -> str:
    """What an outage means for whoever runs the command; "" for a bug."""
    if isinstance(error, OperationalError | ProgrammingError) and (problem := database_problem()):
        return problem
    outage = outage_of(error)
    return str(outage.message) if outage else ""
