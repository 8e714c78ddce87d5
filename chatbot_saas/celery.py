"""The Celery application. Queues: inference (answers), ingest (documents), default (everything else)."""

import os
import sys
from typing import Any

from celery import Celery
from celery.signals import worker_init

from chatbot_saas.periodic import PERIODIC

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")

app = Celery("quoth", loader="chatbot_saas.celery_loader:Loader")
app.set_default()  # threads find it too: Celery's current app is otherwise that of the importing thread
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    name: {"task": each.task, "schedule": each.seconds, "options": {"expires": max(10.0, each.seconds)}}
    for name, each in PERIODIC.items()
}


@worker_init.connect
def _refuse_to_start(**_: Any) -> None:
    """In one sentence, as `serve` does. A database that is away may come later."""
    from apps.common import health
    from apps.common.config import ConfigError, config

    try:
        config()
    except ConfigError as error:
        sys.exit(str(error))
    if health.database() and (problem := health.database_problem()):
        sys.exit(problem)
