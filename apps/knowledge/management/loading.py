"""Loads files of this machine and waits until each is ready or failed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.common.disk_space import has_reserve
from apps.common.errors import AppError, Code
from apps.knowledge.documents.originals import Unreadable
from apps.knowledge.documents.parsed_document import FailureCode
from apps.knowledge.index import outbox as projection
from apps.knowledge.index.cleaning import clean_versions
from apps.knowledge.ingestion.folder_pictures import keep_pictures
from apps.knowledge.ingestion.folders import FoundFiles, SourceFile
from apps.knowledge.ingestion.pipeline import Pipeline
from apps.knowledge.models import Collection, Ingestion, IngestionState
from apps.knowledge.services import request_ingest

logger = logging.getLogger(__name__)

FINAL = (IngestionState.READY, IngestionState.FAILED)
POLL_SECONDS = 0.5
Report = Callable[[str], None]


def load_files(collection: Collection, found: FoundFiles, report: Report) -> list[Ingestion]:
    """Load the documents, and the pictures that they show. `report` is called with a line at each step. Raises
    EncoderUnavailable, AppError and what the file storage raises.
    """
    asked: list[int] = []
    refused: list[Ingestion] = []

    def encoded(done: int, total: int) -> None:
        report(_("%(done)s of %(all)s texts encoded") % {"done": done, "all": total})

    requested = _requested(collection, found.files, asked, refused, report)
    pipeline = Pipeline(ignore_attempt_limit=True, on_encoded=encoded)
    pipeline.run(requested)
    while waiting := list(Ingestion.objects.filter(pk__in=asked).exclude(state__in=FINAL)):
        # Another process works on them, or has died: then its lease must end.
        report(_others_at_work(len(waiting)) if has_reserve() else _("Waiting for free disk space"))
        time.sleep(POLL_SECONDS)
        pipeline.run([ingestion.pk for ingestion in waiting])
    clean_versions()  # removes drafts of earlier runs
    project_changes(report)
    rows = Ingestion.objects.in_bulk(asked)
    keep_pictures(rows.values(), found.pictures)
    return [*(rows[pk] for pk in asked), *refused]


def project_changes(report: Report) -> None:
    """Brings a store outside the database up to date."""
    if settings.QUOTH_STORE != "local":
        report(_("Projecting the documents to the knowledge store"))
        projection.project_outbox()


def _others_at_work(count: int) -> str:
    return ngettext(
        "Waiting for another process that works on %(count)s file",
        "Waiting for another process that works on %(count)s files",
        count,
    ) % {"count": count}


def _requested(
    collection: Collection,
    files: Sequence[SourceFile],
    asked: list[int],
    refused: list[Ingestion],
    report: Report,
) -> Iterator[int]:
    """Ids for the pipeline. Each file is submitted only when the one before it has been read."""
    for place, source in enumerate(files):
        report(
            _("%(done)s of %(all)s files read, now %(path)s")
            % {"done": place, "all": len(files), "path": source.path}
        )
        ingestion = _submitted(collection, source)
        if ingestion._state.adding:
            refused.append(ingestion)
            continue
        asked.append(ingestion.pk)
        if ingestion.state not in FINAL:
            yield ingestion.pk


def _submitted(collection: Collection, source: SourceFile) -> Ingestion:
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
