"""Loads files and folders, and waits until each is ready or failed."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from apps.accounts.services import ensure_workspace, let_publish
from apps.common.commands import QuothCommand
from apps.knowledge.ingestion.folders import FoundFiles, NoSuchPath, SamePath, find_files
from apps.knowledge.ingestion.ignore_rules import BadIgnoreFile
from apps.knowledge.ingestion.mirroring import MissingDocuments, missing_documents
from apps.knowledge.management.load_report import (
    ReportRow,
    as_json,
    as_table,
    kept_row,
    loaded_row,
    retired_row,
    skipped_row,
)
from apps.knowledge.management.loading import Report, load_files
from apps.knowledge.management.planning import planned_row
from apps.knowledge.management.retiring import retire_documents
from apps.knowledge.management.short_names import short_name
from apps.knowledge.models import Collection, IngestionState
from apps.knowledge.services import ensure_collection
from apps.models.inference.weights import EncoderUnavailable

WRONG_OPTIONS = 2  # the exit code of argparse
INTERRUPTED = 130  # the exit code of shells for SIGINT
COUNTED = ("ready", "failed")
COUNTED_IN_PLAN = ("new", "changed", "unchanged")


class Command(QuothCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.description = _(
            "Load files and folders into a collection. Workspace and collection are created if they do not exist. In "
            "folders, what is no document (hidden files, images, archives, lock files, code) is skipped and counted, "
            "and so is what a file .quothignore names in the syntax of .gitignore. Exit code 0: every document is "
            "ready; 1: one failed; 2: wrong options."
        )
        parser.add_argument("paths", nargs="+", metavar="PATH", help=_("files or folders"))
        parser.add_argument(
            "--workspace",
            type=short_name,
            default="demo",
            help=_("short name of the workspace (default: demo)"),
        )
        parser.add_argument(
            "--collection",
            type=short_name,
            default="docs",
            help=_("short name of the collection (default: docs)"),
        )
        parser.add_argument(
            "--public", action="store_true", help=_("let everyone on this site ask the collection")
        )
        parser.add_argument(
            "--json", action="store_true", help=_("print one JSON list: path, state, reason, sentence")
        )
        _add_mirror_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        _check_options(options)
        try:
            with self.ticking(_("Looking at the files")) as ticker:
                found = find_files(options["paths"], may_be_empty=options["retire_all"])
                rows = (
                    self._planned(found, options)
                    if options["dry_run"]
                    else self._loaded(found, options, ticker.report)
                )
        except (SamePath, BadIgnoreFile) as error:
            raise CommandError(str(error), returncode=WRONG_OPTIONS) from error
        except (NoSuchPath, EncoderUnavailable, OSError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stderr.write(_("Stopped. The same command continues the work."))
            _leave()
        rows += [skipped_row(skipped) for skipped in found.skipped]
        counted = COUNTED_IN_PLAN if options["dry_run"] else COUNTED
        self.stdout.write(as_json(rows) if options["json"] else as_table(rows, counted))
        if any(row.state == IngestionState.FAILED for row in rows):
            raise SystemExit(1)

    def _planned(self, found: FoundFiles, options: dict[str, Any]) -> list[ReportRow]:
        collection = Collection.objects.filter(
            workspace__slug=options["workspace"], slug=options["collection"], deleted_at=None
        ).first()
        rows = [planned_row(collection, source) for source in found.files]
        if options["mirror"] and collection is not None:
            rows += _missing_rows(missing_documents(collection, found), is_plan=True)
        return rows

    def _loaded(self, found: FoundFiles, options: dict[str, Any], report: Report) -> list[ReportRow]:
        collection = _collection(options["workspace"], options["collection"], public=options["public"])
        if not options["mirror"]:
            return list(map(loaded_row, load_files(collection, found, report)))
        missing = missing_documents(collection, found)
        self._list(missing)
        rows = list(map(loaded_row, load_files(collection, found, report)))
        retire_documents(collection, missing.retired, found, report)
        return rows + _missing_rows(missing, is_plan=False)

    def _list(self, missing: MissingDocuments) -> None:
        """On standard error, before anything is changed."""
        for row in _missing_rows(missing, is_plan=True):
            self.stderr.write(f"{row.state:<8}{row.path}", self.style.NOTICE)


def _add_mirror_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--mirror",
        action="store_true",
        help=_(
            "make the collection hold what the folders hold: documents of deleted, renamed and ignored files are "
            "listed and retired, without a question. Documents that people uploaded stay"
        ),
    )
    parser.add_argument(
        "--dry-run", action="store_true", help=_("print what would be loaded and retired, and change nothing")
    )
    parser.add_argument(
        "--retire-all",
        action="store_true",
        help=_("with --mirror: accept folders without a document, so that every document is retired"),
    )


def _check_options(options: dict[str, Any]) -> None:
    if options["retire_all"] and not options["mirror"]:
        raise CommandError(_("--retire-all needs --mirror."), returncode=WRONG_OPTIONS)
    for path in options["paths"] if options["mirror"] else ():
        if Path(path).is_file():
            message = _("--mirror needs folders, and %(path)s is a file. Name the folder that contains it.")
            raise CommandError(message % {"path": path}, returncode=WRONG_OPTIONS)


def _leave() -> NoReturn:
    """Exit at once, because Python would wait forever for a thread that was being started during the interrupt."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)


def _collection(workspace_slug: str, slug: str, *, public: bool) -> Collection:
    workspace = ensure_workspace(workspace_slug, is_operator=public)
    if public:
        let_publish(workspace)
    return ensure_collection(workspace, slug, is_public=public)


def _missing_rows(missing: MissingDocuments, *, is_plan: bool) -> list[ReportRow]:
    return [
        *(retired_row(document, is_plan=is_plan) for document in missing.retired),
        *(kept_row(document) for document in missing.kept),
    ]
