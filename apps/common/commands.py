"""The base class of Quoth's commands: reports expected errors in one sentence, and progress during long work."""

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
    requires_system_checks: list[
        str
    ] = []  # they check pages and settings; `doctor` checks what commands need
    writes_to_database = True  # if so, it does not run on a database of a newer version

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
        """Report progress on standard error, so that standard output contains only the result."""
        return Ticker(partial(self.stderr.write, style_func=self.style.NOTICE), line)


def _sentence(error: Exception) -> str:
    """The sentence to show for an outage; "" for a bug."""
    if isinstance(error, OperationalError | ProgrammingError) and (problem := database_problem()):
        return problem
    outage = outage_of(error)
    return str(outage.message) if outage else ""
