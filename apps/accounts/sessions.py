"""The session engine: Django's sessions in the database, and no session for a key that Django did not make."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS


class SessionStore(db.SessionStore):
    """A key is what a cookie says. Some characters in it are errors of the database and not merely unknown keys."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key if set(session_key or "") <= set(VALID_KEY_CHARS) else None)
