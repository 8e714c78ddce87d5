"""Load files and folders, and wait until each is ready or failed."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from apps.accounts.services import ensure_workspace, let_publish
from apps.common.commands import QuothCommand
from apps.common.errors import AppError, Code
from apps.knowledge import projection
from apps.knowledge.ingestion.folders import NoSuchPath, SamePath, SourceFile, find_files
from apps.knowledge.ingestion.pipeline import ingest_many
from apps.knowledge.models import Collection, Ingestion, IngestionState
from apps.knowledge.originals import Unreadable
from apps.knowledge.parsing.document import FailureCode
from apps.knowledge.parsing.failures import sentence_for
from apps.knowledge.services import ensure_collection, request_ingest
from apps.models.inference.weights import EncoderUnavailable

logger = logging.getLogger(__name__)

FINAL = (IngestionState.READY, IngestionState.FAILED)
WRONG_OPTIONS = 2  # as argparse ends
INTERRUPTED = 130  # as a shell counts SIGINT
PROGRESS_SECONDS = 2
POLL_SECONDS = 0.5


class Command(QuothCommand):
    help = "Load files and folders into a collection; workspace and collection are made if they are missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths", nargs="+", metavar="PATH", help="files, or folders to walk (hidden ones are left)"
        )
        parser.add_argument("--workspace", default="demo", help="short name of the workspace (default: demo)")
        parser.add_argument(
            "--collection", default="docs", help="short name of the collection (default: docs)"
        )
        parser.add_argument(
            "--public", action="store_true", help="let everyone on this site ask the collection"
        )
        parser.add_argument(
            "--json", action="store_true", help="print one JSON list: path, state, reason, sentence"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            files = find_files(options["paths"])
            collection = _collection(options["workspace"], options["collection"], public=options["public"])
            done = self._ingest(collection, files)
        except SamePath as error:
            raise CommandError(str(error), returncode=WRONG_OPTIONS) from error
        except (NoSuchPath, EncoderUnavailable, OSError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stderr.write(_("Stopped. The same command goes on where it left off."))
            _leave()
        self.stdout.write(_as_json(done) if options["json"] else _as_table(done))
        if any(ingestion.state == IngestionState.FAILED for ingestion in done):
            raise SystemExit(1)

    def _ingest(self, collection: Collection, files: list[SourceFile]) -> list[Ingestion]:
        asked: list[int] = []
        refused: list[Ingestion] = []
        ingest_many(self._requested(collection, files, asked, refused), patient=True)
        while waiting := list(Ingestion.objects.filter(pk__in=asked).exclude(state__in=FINAL)):
            # Another process has them, or had them and died: then its lease must end.
            time.sleep(POLL_SECONDS)
            ingest_many([ingestion.pk for ingestion in waiting], patient=True)
        if settings.QUOTH_STORE != "local":
            projection.project_outbox()
        rows = Ingestion.objects.in_bulk(asked)
        return [*(rows[pk] for pk in asked), *refused]

    def _requested(
        self, collection: Collection, files: list[SourceFile], asked: list[int], refused: list[Ingestion]
    ) -> Iterator[int]:
        """Ids for the pipeline, each file being taken in only when the one before it has been read."""
        last = time.monotonic()
        for place, source in enumerate(files):
            if time.monotonic() - last > PROGRESS_SECONDS:
                self.stderr.write(_("%(done)s of %(all)s files read") % {"done": place, "all": len(files)})
                last = time.monotonic()
            ingestion = _taken_in(collection, source)
            if ingestion._state.adding:
                refused.append(ingestion)
                continue
            asked.append(ingestion.pk)
            if ingestion.state not in FINAL:
                yield ingestion.pk


def _taken_in(collection: Collection, source: SourceFile) -> Ingestion:
    """Not saved where no table can hold the file: then it is only shown."""
    try:
        with source.open() as file:
            return request_ingest(collection, path=source.path, file=file, enqueue=False)
    except Unreadable as error:
        logger.info("%s", error)
        code = FailureCode.UNREADABLE
    except AppError as error:
        if error.code != Code.TOO_LONG:
            raise
        code = FailureCode.LONG_NAME
    return Ingestion(path=source.path, state=IngestionState.FAILED, reason=code.value)


def _leave() -> NoReturn:
    """At once: Python would wait without end for a thread that the interrupt caught half started."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)


def _collection(workspace_slug: str, slug: str, *, public: bool) -> Collection:
    workspace = ensure_workspace(workspace_slug, is_operator=public)
    if public:
        let_publish(workspace)
    return ensure_collection(workspace, slug, is_public=public)


def _sentence(ingestion: Ingestion) -> str:
    if ingestion.reason:
        return str(sentence_for(ingestion.reason))
    return _("Unchanged.") if ingestion.unchanged else ""


def _as_json(done: list[Ingestion]) -> str:
    rows = [
        {"path": row.path, "state": row.state, "reason": row.reason, "sentence": _sentence(row)}
        for row in done
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1)


def _as_table(done: list[Ingestion]) -> str:
    lines = [f"{row.state:<8}{row.path}  {_sentence(row)}".rstrip() for row in done]
    ready = sum(row.state == IngestionState.READY for row in done)
    total = _("%(ready)s ready, %(failed)s failed") % {"ready": ready, "failed": len(done) - ready}
    return "\n".join([*lines, total])
