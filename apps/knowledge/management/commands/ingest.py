"""Load files and folders, and wait until each is ready or failed."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from typing import Any, NoReturn

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from apps.accounts.services import ensure_workspace, let_publish
from apps.common.commands import QuothCommand
from apps.knowledge.ingestion.folders import NoSuchPath, SamePath, find_files
from apps.knowledge.management.loading import load_files
from apps.knowledge.management.short_names import short_name
from apps.knowledge.models import Collection, Ingestion, IngestionState
from apps.knowledge.parsing.failures import sentence_for
from apps.knowledge.services import ensure_collection
from apps.models.inference.weights import EncoderUnavailable

WRONG_OPTIONS = 2  # as argparse ends
INTERRUPTED = 130  # as a shell counts SIGINT


class Command(QuothCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.description = _(
            "Load files and folders into a collection; workspace and collection are made if they are missing."
        )
        parser.add_argument(
            "paths", nargs="+", metavar="PATH", help=_("files, or folders to walk (hidden ones are left)")
        )
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

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with self.ticking(_("Looking at the files")) as ticker:
                files = find_files(options["paths"])
                collection = _collection(
                    options["workspace"], options["collection"], public=options["public"]
                )
                done = load_files(collection, files, ticker.report)
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
        return str(sentence_for(ingestion.reason, ingestion.path))
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
