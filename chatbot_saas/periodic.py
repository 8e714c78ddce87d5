"""Work that comes round: the same in both profiles, by Celery's beat or by a thread of the web server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Periodic:
    """A task by its dotted name, and every how many seconds it runs."""

    task: str
    seconds: float


DAY = 24 * 60 * 60.0
PERIODIC = {
    "return-stuck-answers": Periodic("apps.chat.tasks.sweep_answers", 10.0),
    "return-stuck-files": Periodic("apps.knowledge.tasks.sweep_ingestions", 15.0),
    "follow-changed-encoders": Periodic("apps.knowledge.tasks.adopt_encoders", 60.0),
    "project-graph": Periodic("apps.knowledge.tasks.project_outbox", 30.0),
    "remove-retired-passages": Periodic("apps.knowledge.tasks.clean_versions", 300.0),
    "look-for-questions-to-suggest": Periodic("apps.chat.tasks.request_suggestions", 60.0),
    "forget-ended-sessions": Periodic("apps.accounts.tasks.forget_ended_sessions", DAY),
}
