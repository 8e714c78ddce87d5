"""Checks everything that Quoth depends on, and reports what to do about each problem."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.common import health
from apps.common.config import ConfigError, config
from apps.knowledge.index.reembedding import outdated_collections
from apps.knowledge.index.scope import Snapshot
from apps.knowledge.index.stores.factory import get_store
from apps.knowledge.index.stores.protocol import StoreUnavailable
from apps.knowledge.parsing.child_process import reading_process_can_open
from apps.models.config import default_encoder
from apps.models.inference.engine import onnx_encoder
from apps.models.inference.weights import EncoderUnavailable

NOWHERE = Snapshot(workspace_id=0, collection_ids=(0,), collection_uids=("",), encoder="", encoder_digest="")
FREE_BYTES = 1 << 30


class CheckError(Exception):
    """What is wrong and what to do."""


@dataclass(frozen=True)
class Finding:
    """`hint` says what to do; "" if nothing is wrong."""

    name: str
    hint: str

    @property
    def ok(self) -> bool:
        return not self.hint


def examine() -> Iterator[Finding]:
    """One finding for each check, in the order in which problems should be fixed."""
    for name, check in _checks():
        yield Finding(name, _hint(check))


def _checks() -> Iterator[tuple[str, Callable[[], None]]]:
    yield "settings", _settings
    yield "quoth.yaml", _config
    yield "data folder", _disk
    yield "reading of files", _reading_process
    yield "database", _database
    yield "full-text index", _text_index
    yield "weights", _weights
    yield "collections", _collections
    yield "pages", _pages
    yield f"store ({settings.QUOTH_STORE})", _store
    if not settings.EMBEDDED:
        yield "redis", _redis


def _hint(check: Callable[[], None]) -> str:
    try:
        check()
    except (CheckError, ConfigError, EncoderUnavailable, ImproperlyConfigured) as problem:
        return str(problem)
    except DatabaseError:
        return _("This cannot be checked without the database.")
    return ""


def _settings() -> None:
    if settings.DEBUG:
        raise CheckError(_("DEBUG is on and shows internal details to everyone: unset it."))


def _config() -> None:
    config()


def _disk() -> None:
    folder = Path(settings.QUOTH_DATA_DIR)
    with _probe_file():
        pass
    if shutil.disk_usage(folder).free < FREE_BYTES:
        raise CheckError(_("Less than 1 GB is free in %(folder)s: make room.") % {"folder": folder})


@contextmanager
def _probe_file() -> Iterator[Path]:
    """A file in the data folder with the mode that other files get there. Raises CheckError."""
    folder = Path(settings.QUOTH_DATA_DIR)
    probe = folder / ".doctor"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
    except OSError as error:
        message = _("%(folder)s cannot be written (%(reason)s): set QUOTH_DATA_DIR to a folder of this user.")
        raise CheckError(message % {"folder": folder, "reason": error.strerror}) from error
    try:
        yield probe
    finally:
        probe.unlink(missing_ok=True)


def _reading_process() -> None:
    """Uploaded files are opened by a process that must not reach other people's documents."""
    with _probe_file() as probe:
        try:
            is_open = reading_process_can_open(probe)
        except (OSError, subprocess.SubprocessError) as error:
            message = _("The process that reads uploaded files does not start (%(reason)s).")
            raise CheckError(message % {"reason": type(error).__name__}) from error
    if is_open:
        raise CheckError(
            _(
                "The process that reads uploaded files can open %(folder)s. Run Quoth on Linux 5.13 or later with"
                " Landlock, or as root with a data folder of mode 700; until then, accept files only from people whom"
                " you trust."
            )
            % {"folder": settings.QUOTH_DATA_DIR}
        )


def _database() -> None:
    if problem := health.database_problem():
        raise CheckError(problem)


def _text_index() -> None:
    """Only SQLite may lack it."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'")
        if cursor.fetchone() is None:
            raise CheckError(
                _("This Python's SQLite has no FTS5: use another Python, or PostgreSQL (DATABASE_URL).")
            )


def _weights() -> None:
    encoder = onnx_encoder(default_encoder())
    if not encoder.graph.path.exists():
        raise CheckError(
            _("The encoder %(name)s is not prepared: run `manage.py prepare_models`.")
            % {"name": encoder.name}
        )
    encoder.warm_up()


def _collections() -> None:
    if outdated := outdated_collections().count():
        raise CheckError(
            ngettext(
                "%(count)d collection has vectors of an earlier encoder and is not yet re-embedded: keep the server"
                " running, and in the full profile a worker on the queue ingest and the timer.",
                "%(count)d collections have vectors of an earlier encoder and are not yet re-embedded: keep the server"
                " running, and in the full profile a worker on the queue ingest and the timer.",
                outdated,
            )
            % {"count": outdated}
        )


def _pages() -> None:
    if not settings.DEBUG and not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        raise CheckError(_("Styles and scripts are not collected: run `manage.py collectstatic`."))


def _store() -> None:
    if settings.QUOTH_STORE == "neo4j" and not settings.NEO4J_URI:
        raise CheckError(_("NEO4J_URI is not set: set it to an address such as bolt://localhost:7687."))
    try:
        get_store().neighbours(NOWHERE, [0])
    except StoreUnavailable as error:
        raise CheckError(_("Neo4j does not answer: check NEO4J_URI, user and password.")) from error


def _redis() -> None:
    if not (health.broker() and health.shared_cache()):
        raise CheckError(_("Redis does not answer: check REDIS_URL and that the server runs."))
