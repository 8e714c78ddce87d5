"""The result of loading files: a row for each, and their number by state and kind."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from apps.knowledge.documents.parsed_document import FailureCode
from apps.knowledge.ingestion.file_kinds import Kind
from apps.knowledge.ingestion.folder_walk import SkippedFile
from apps.knowledge.ingestion.paths import shortened_path
from apps.knowledge.models import Document, Ingestion, IngestionState
from apps.knowledge.parsing.failures import sentence_for

SKIPPED = "skipped"
STATES: dict[str, Promise] = {
    "ready": gettext_lazy("%(count)d ready"),
    "new": gettext_lazy("%(count)d new"),
    "changed": gettext_lazy("%(count)d changed"),
    "unchanged": gettext_lazy("%(count)d unchanged"),
    "failed": gettext_lazy("%(count)d failed"),
    "retired": gettext_lazy("%(count)d retired"),
    "retire": gettext_lazy("%(count)d to be retired"),
    "kept": gettext_lazy("%(count)d kept"),
}
KINDS: dict[str, Promise] = {
    Kind.HIDDEN: ngettext_lazy("%(count)d hidden", "%(count)d hidden", "count"),
    Kind.IGNORED: ngettext_lazy("%(count)d by .quothignore", "%(count)d by .quothignore", "count"),
    Kind.LINK: ngettext_lazy("%(count)d symbolic link", "%(count)d symbolic links", "count"),
    Kind.LOCK: ngettext_lazy(
        "%(count)d lock, backup or temporary file", "%(count)d lock, backup or temporary files", "count"
    ),
    Kind.SYSTEM: ngettext_lazy("%(count)d system file", "%(count)d system files", "count"),
    Kind.IMAGE: ngettext_lazy("%(count)d image", "%(count)d images", "count"),
    Kind.MEDIA: ngettext_lazy("%(count)d sound or film", "%(count)d sounds or films", "count"),
    Kind.ARCHIVE: ngettext_lazy("%(count)d archive", "%(count)d archives", "count"),
    Kind.CODE: ngettext_lazy(
        "%(count)d file of code, style or data", "%(count)d files of code, style or data", "count"
    ),
    Kind.OTHER: ngettext_lazy("%(count)d other file", "%(count)d other files", "count"),
}


@dataclass(frozen=True)
class ReportRow:
    """`reason` is a FailureCode, or the Kind of a skipped file."""

    path: str
    state: str
    reason: str = ""
    sentence: str = ""


def loaded_row(ingestion: Ingestion) -> ReportRow:
    if ingestion.reason:
        return failed_row(ingestion.path, ingestion.reason)
    return ReportRow(ingestion.path, ingestion.state, "", _("Unchanged.") if ingestion.unchanged else "")


def failed_row(path: str, reason: FailureCode | str) -> ReportRow:
    return ReportRow(path, IngestionState.FAILED.value, str(reason), sentence_for(reason, path))


def skipped_row(skipped: SkippedFile) -> ReportRow:
    is_folder = skipped.path.endswith("/")
    return ReportRow(shortened_path(skipped.path) + "/" * is_folder, SKIPPED, skipped.kind.value)


def retired_row(document: Document, *, is_plan: bool) -> ReportRow:
    return ReportRow(document.path, "retire" if is_plan else "retired", "", _("It is not in the folder."))


def kept_row(document: Document) -> ReportRow:
    sentence = _("It is not in the folder, but a person uploaded it. Delete it on the collection's page.")
    return ReportRow(document.path, "kept", "", sentence)


def as_json(rows: Sequence[ReportRow]) -> str:
    return json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1)


def as_table(rows: Sequence[ReportRow], always: Sequence[str]) -> str:
    """Skipped files are only counted. States of `always` are counted even if no row has them."""
    shown = [row for row in rows if row.state != SKIPPED]
    width = max([8, *(len(row.state) + 1 for row in shown)])
    lines = [f"{row.state:<{width}}{row.path}  {row.sentence}".rstrip() for row in shown]
    return "\n".join([*lines, ", ".join(_counts(shown, always)), *_skipped_line(rows)])


def _counts(rows: Sequence[ReportRow], always: Sequence[str]) -> Iterator[str]:
    counts = Counter(row.state for row in rows)
    for state, label in STATES.items():
        if counts[state] or state in always:
            yield str(label % {"count": counts[state]})


def _skipped_line(rows: Sequence[ReportRow]) -> Iterator[str]:
    counts = Counter(row.reason for row in rows if row.state == SKIPPED)
    kinds = [str(label % {"count": counts[kind]}) for kind, label in KINDS.items() if counts[kind]]
    if kinds:
        yield _("Not loaded as documents: %(kinds)s") % {"kinds": ", ".join(kinds)}
