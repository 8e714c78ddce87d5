"""Imports and exports the approved answers of a collection."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from apps.accounts.services import operator_in
from apps.common.commands import QuothCommand
from apps.knowledge.config import faq_config
from apps.knowledge.faq.entry_files import (
    FileEntry,
    FileFault,
    LineFault,
    read_csv,
    read_yaml,
    write_csv,
    write_yaml,
)
from apps.knowledge.faq.importing import Imported, exported, import_entries
from apps.knowledge.index.wordings import encode_wordings
from apps.knowledge.management.short_names import NoSuchCollection, find_collection
from apps.knowledge.models import Collection
from apps.models.inference.engine import get_encoder
from apps.models.inference.weights import EncoderUnavailable

WRONG_OPTIONS = 2  # the exit code of argparse
READERS = {".csv": read_csv, ".yaml": read_yaml, ".yml": read_yaml}
WRITERS = {"csv": write_csv, "yaml": write_yaml}
MOST_FAULTS = 50  # that are printed


class Command(QuothCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.description = _(
            "Import or export the approved answers of a collection. Exit code 0: done; 1: something in the file is "
            "wrong, and nothing was imported; 2: wrong options."
        )
        commands = parser.add_subparsers(dest="action", required=True)
        importing = commands.add_parser(
            "import",
            help=_("add the entries of a file, and change those with the same question"),
        )
        importing.add_argument("file", type=Path, help=_("a CSV or YAML file"))
        exporting = commands.add_parser("export", help=_("print all entries as a file that can be imported"))
        exporting.add_argument("--format", choices=sorted(WRITERS), default="yaml")
        for each in (importing, exporting):
            each.add_argument("--workspace", default="demo", help=_("its short name (default: demo)"))
            each.add_argument("--collection", help=_("its short name (default: the only one there is)"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            collection = find_collection(options["workspace"], options["collection"])
        except NoSuchCollection as error:
            raise CommandError(str(error)) from error
        if options["action"] == "export":
            self.stdout.write(WRITERS[options["format"]](list(exported(collection))), ending="")
            return
        try:
            self.stdout.write(_summary(self._imported(collection, options["file"])))
        except FileFault as error:
            raise CommandError(_report(options["file"], error)) from error

    def _imported(self, collection: Collection, file: Path) -> Imported:
        with self.ticking(_("Importing")):
            rows = _read(file)
            done = import_entries(collection, rows, author=operator_in(collection.workspace))
            try:
                encode_wordings(collection, get_encoder(collection.encoder))
            except EncoderUnavailable as error:
                self.stderr.write(
                    _("The entries are stored, but not yet used: %(why)s A worker tries again.")
                    % {"why": error}
                )
        return done


def _read(file: Path) -> list[FileEntry]:
    reader = READERS.get(file.suffix.casefold())
    if reader is None:
        message = _("The name of the file must end in %(endings)s.") % {"endings": ", ".join(READERS)}
        raise CommandError(message, returncode=WRONG_OPTIONS)
    try:
        with file.open("rb") as opened:
            data = opened.read(faq_config().file_bytes + 1)
    except OSError as error:
        message = _("%(file)s cannot be read: %(why)s.") % {"file": file, "why": error.strerror}
        raise CommandError(message, returncode=WRONG_OPTIONS) from error
    if len(data) > faq_config().file_bytes:
        raise FileFault(
            LineFault(0, _("The file is larger than %(n)d bytes.") % {"n": faq_config().file_bytes})
        )
    return reader(data)


def _report(file: Path, error: FileFault) -> str:
    lines = [_fault_line(file, fault) for fault in error.faults[:MOST_FAULTS]]
    more = len(error.faults) - len(lines)
    return "\n".join([*lines, *([_("and %(n)d more.") % {"n": more}] if more else [])])


def _fault_line(file: Path, fault: LineFault) -> str:
    if not fault.line:
        return f"{file}: {fault.message}"
    named = {"file": file, "line": fault.line, "message": fault.message}
    return _("%(file)s, line %(line)d: %(message)s") % named


def _summary(done: Imported) -> str:
    return _("%(new)d new, %(changed)d changed, %(unchanged)d unchanged.") % vars(done)
