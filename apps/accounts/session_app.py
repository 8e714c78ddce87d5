from __future__ import annotations

from allauth.usersessions.apps import UserSessionsConfig


class SessionListConfig(UserSessionsConfig):
    """allauth's table of sessions, without its signal handlers: they check every session of a person by three queries,
    and fail for a client without an address. `receivers` writes the rows.
    """

    def ready(self) -> None:
        pass
