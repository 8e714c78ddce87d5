"""The periodic tasks of both profiles. Celery beat runs them, or a thread of the web server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Periodic:
    """A task by its dotted name, and the interval in seconds."""

    task: str
    seconds: float


HOUR = 60 * 60.0
DAY = 24 * HOUR
PERIODIC = {
    "requeue-answers": Periodic("apps.chat.tasks.sweep_answers", 10.0),
    "requeue-files": Periodic("apps.knowledge.tasks.sweep_ingestions", 15.0),
    "re-embed-collections": Periodic("apps.knowledge.tasks.adopt_encoders", 60.0),
    "prepare-faq": Periodic("apps.knowledge.tasks.prepare_faq", 60.0),
    "project-graph": Periodic("apps.knowledge.tasks.project_outbox", 30.0),
    "clean-versions": Periodic("apps.knowledge.tasks.clean_versions", 300.0),
    "erase-documents": Periodic("apps.knowledge.tasks.erase_deleted", 300.0),
    "erase-conversations": Periodic("apps.chat.tasks.erase_conversations", HOUR),
    "erase-accounts": Periodic("apps.accounts.tasks.erase_closed", 600.0),
    "index-conversations": Periodic("apps.chat.tasks.index_conversations", 300.0),
    "suggest-questions": Periodic("apps.chat.tasks.request_suggestions", 60.0),
    "forget-invitations": Periodic("apps.accounts.tasks.forget_invitations", DAY),
    "erase-old-requests": Periodic("apps.api.tasks.erase_old_requests", 300.0),
    "erase-old-uploads": Periodic("apps.api.tasks.erase_old_uploads", 300.0),
    "clear-ended-sessions": Periodic("apps.accounts.tasks.forget_ended_sessions", DAY),
}
