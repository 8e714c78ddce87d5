"""The only user of the driver: managed transactions with limits on time and retries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from neo4j import READ_ACCESS, WRITE_ACCESS, GraphDatabase, ManagedTransaction, Record, unit_of_work
from neo4j.exceptions import AuthError, ClientError, DriverError, TransientError

from apps.knowledge.index.stores.protocol import StoreUnavailable

CONNECT_SECONDS = 5
RETRY_SECONDS = 5  # of a managed transaction; the driver's own limit is 30
READ_SECONDS = 5
WRITE_SECONDS = 30  # a chunk of vectors takes less than a second, dropping or creating a large index longer


class Client:
    """Safe to use from several threads. Raises StoreUnavailable; any other exception is a bug."""

    def __init__(self, uri: str, user: str, password: str) -> None:
        self._driver = GraphDatabase.driver(
            uri,
            auth=(user, password),
            connection_timeout=CONNECT_SECONDS,
            connection_acquisition_timeout=CONNECT_SECONDS,
            max_transaction_retry_time=RETRY_SECONDS,
            notifications_min_severity="OFF",  # otherwise IF NOT EXISTS logs a notification for each index that exists
        )

    @classmethod
    def from_settings(cls) -> Client:
        return cls(settings.NEO4J_URI, settings.NEO4J_USER, settings.NEO4J_PASSWORD)

    def read(self, query: str, **parameters: Any) -> list[Record]:
        with _outages_as_unavailable(), self._driver.session(default_access_mode=READ_ACCESS) as session:
            return session.execute_read(_reading, query, parameters)

    def write(self, query: str, **parameters: Any) -> list[Record]:
        with _outages_as_unavailable(), self._driver.session(default_access_mode=WRITE_ACCESS) as session:
            return session.execute_write(_writing, query, parameters)

    def close(self) -> None:
        self._driver.close()


def _run(transaction: ManagedTransaction, query: str, parameters: dict[str, Any]) -> list[Record]:
    return list(transaction.run(query, parameters))


_reading = unit_of_work(timeout=READ_SECONDS)(_run)
_writing = unit_of_work(timeout=WRITE_SECONDS)(_run)


@contextmanager
def _outages_as_unavailable() -> Iterator[None]:
    """Raises StoreUnavailable if the server does not answer, is busy or refuses the connection."""
    try:
        yield
    except (DriverError, TransientError, AuthError) as error:
        raise StoreUnavailable from error
    except ClientError as error:
        if "TransactionTimedOut" not in (error.code or ""):
            raise
        raise StoreUnavailable from error
