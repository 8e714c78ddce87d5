"""FAQ entries in files: CSV with a header, and YAML with a list. Both say the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from apps.knowledge.faq.entries import FaqFields

COLUMNS = ("question", "wording", "answer", "document", "quote", "active")
REPEATED = "wording"  # a column that may be there several times
KEYS = ("question", "wordings", "answer", "document", "quote", "active")
DELIMITERS = ",;\t"
YES, NO = ("", "yes", "true", "1"), ("no", "false", "0")


@dataclass(frozen=True)
class FileEntry:
    line: int
    fields: FaqFields


@dataclass(frozen=True)
class LineFault:
    """`line` is 0 for the file as a whole."""

    line: int
    message: str


class FileFault(Exception):
    def __init__(self, *faults: LineFault) -> None:
        super().__init__(faults)
        self.faults = faults


def read_csv(data: bytes) -> list[FileEntry]:
    """Raises FileFault with all lines that are wrong."""
    text = _decoded(data)
    header = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=header.count)
    rows = _rows(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    columns = next(rows, (1, []))[1]
    names = [name.strip().casefold() for name in columns]
    _check_columns(names)
    return _all_of(_csv_entry(line, names, cells) for line, cells in rows if any(map(str.strip, cells)))


def read_yaml(data: bytes) -> list[FileEntry]:
    """Raises FileFault with all entries that are wrong."""
    try:
        tree = YAML(typ="rt").load(_decoded(data))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise FileFault(
            LineFault(line, _("This is not valid YAML: %(why)s.") % {"why": error.problem})
        ) from error
    except (YAMLError, RecursionError) as error:
        raise FileFault(LineFault(0, _("This is not valid YAML."))) from error
    if not isinstance(tree, CommentedSeq):
        raise FileFault(LineFault(1, _("Expected a list of entries, each beginning with “- question: ”.")))
    return _all_of(_yaml_entry(tree.lc.item(place)[0] + 1, row) for place, row in enumerate(tree))


def write_csv(entries: Sequence[FaqFields]) -> str:
    wordings = max((len(entry.wordings) - 1 for entry in entries), default=0)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["question", "answer", "document", "quote", "active", *[REPEATED] * wordings])
    for entry in entries:
        question, *others = entry.wordings
        active = "yes" if entry.is_active else "no"
        writer.writerow([question, entry.answer, entry.document, entry.quote, active, *others])
    return out.getvalue()


def write_yaml(entries: Sequence[FaqFields]) -> str:
    out = io.StringIO()
    yaml = YAML(typ="rt")
    yaml.width = 120
    yaml.dump([_yaml_row(entry) for entry in entries], out)
    return out.getvalue()


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileFault(LineFault(line, _("This is not UTF-8. Save the file in UTF-8."))) from error
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise FileFault(LineFault(line, _("There is a character that is not text (NUL).")))
    return text


def _rows(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Each with the line that it begins on."""
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileFault(LineFault(line, _("This is not valid CSV: %(why)s.") % {"why": error})) from error


def _check_columns(names: Sequence[str]) -> None:
    for name in names:
        if name not in COLUMNS:
            message = _("Column “%(name)s” is not known. Columns are: %(known)s.")
            raise FileFault(LineFault(1, message % {"name": name, "known": ", ".join(COLUMNS)}))
        if name != REPEATED and names.count(name) > 1:
            raise FileFault(LineFault(1, _("Column “%(name)s” is there twice.") % {"name": name}))
    for name in ("question", "answer"):
        if name not in names:
            raise FileFault(LineFault(1, _("The first line must have a column “%(name)s”.") % {"name": name}))


def _csv_entry(line: int, names: Sequence[str], cells: Sequence[str]) -> FileEntry | LineFault:
    if len(cells) > len(names):
        return LineFault(
            line, _("There are more cells than columns. Put texts with commas in quotation marks.")
        )
    one = dict(zip(names, cells, strict=False))
    wordings = [cell for name, cell in zip(names, cells, strict=False) if name == REPEATED]
    return _entry(line, [one["question"], *wordings], one)


def _yaml_entry(line: int, row: Any) -> FileEntry | LineFault:
    if not isinstance(row, dict):
        return LineFault(line, _("Expected an entry with the keys question and answer."))
    if unknown := [key for key in row if key not in KEYS]:
        known = ", ".join(KEYS)
        return LineFault(
            line,
            _("Key “%(name)s” is not known. Keys are: %(known)s.") % {"name": unknown[0], "known": known},
        )
    wordings = row.get("wordings") or []
    texts = [row.get(key) for key in ("question", "answer", "document", "quote")]
    if not isinstance(wordings, list) or not all(_is_text(each) for each in (*texts, *wordings)):
        message = _("Texts must be texts, and wordings a list of them. Put the text in quotation marks.")
        return LineFault(line, message)
    return _entry(line, [row.get("question") or "", *wordings], {key: _as_text(row.get(key)) for key in KEYS})


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _as_text(value: object) -> str:
    return "" if value is None else str(value)


def _entry(line: int, wordings: Iterable[str], one: Mapping[str, str]) -> FileEntry | LineFault:
    active = one.get("active", "").strip().casefold()
    if active not in YES + NO:
        return LineFault(line, _("“active” must be yes or no."))
    return FileEntry(
        line,
        FaqFields(
            tuple(wordings),
            one.get("answer", ""),
            active in YES,
            one.get("document", ""),
            one.get("quote", ""),
        ),
    )


def _all_of(found: Iterable[FileEntry | LineFault]) -> list[FileEntry]:
    rows = list(found)
    if faults := [row for row in rows if isinstance(row, LineFault)]:
        raise FileFault(*faults)
    return [row for row in rows if isinstance(row, FileEntry)]


def _yaml_row(entry: FaqFields) -> dict[str, Any]:
    question, *wordings = entry.wordings
    row: dict[str, Any] = {"question": question}
    if wordings:
        row["wordings"] = wordings
    row["answer"] = entry.answer
    if entry.document:
        row |= {"document": entry.document, "quote": entry.quote}
    if not entry.is_active:
        row["active"] = "no"
    return row
