"""The Celery application. Queues: inference (answers), ingest (documents), default (everything else)."""

import os
import sys
from typing import Any

from celery import Celery
from celery.signals import worker_init

import chatbot_saas.broker  # noqa: F401 - makes the embedded profile's broker known

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")

app = Celery("quoth", loader="chatbot_saas.celery_loader:Loader")
app.set_default()  # threads find it too: Celery's current app is otherwise that of the importing thread
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "return-stuck-answers": {
        "task": "apps.chat.tasks.sweep_answers",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "return-stuck-files": {
        "task": "apps.knowledge.tasks.sweep_ingestions",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "follow-changed-encoders": {
        "task": "apps.knowledge.tasks.adopt_encoders",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "project-graph": {
        "task": "apps.knowledge.tasks.project_outbox",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "look-for-questions-to-suggest": {
        "task": "apps.chat.tasks.request_suggestions",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "forget-ended-sessions": {
        "task": "apps.accounts.tasks.forget_ended_sessions",
        "schedule": 24 * 60 * 60.0,
        "options": {"expires": 60 * 60},
    },
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
