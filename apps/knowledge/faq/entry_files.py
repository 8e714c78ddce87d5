"""FAQ entries in files: CSV with a header, and YAML with a list. Both say the same."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from apps.knowledge.config import faq_config
from apps.knowledge.faq.entries import FaqFields
from apps.knowledge.parsing.normalise import normalise

COLUMNS = ("question", "wording", "answer", "document", "quote", "active")
REPEATED = "wording"  # a column that may be there several times
KEYS = ("question", "wordings", "answer", "document", "quote", "active")
DELIMITERS = ",;\t"
NULLS = ("", "~", "null", "Null", "NULL")
_COMPUTED = re.compile("'*[=+@＝＋－＠-]")
_FORMULA = re.compile("^'('*[=+@＝＋－＠-])")
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
    """Every scalar is a text, whatever it looks like. Raises FileFault with all entries that are wrong."""
    try:
        tree = YAML(typ="safe", pure=True).compose(_decoded(data))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise FileFault(
            LineFault(line, _("This is not valid YAML: %(why)s.") % {"why": error.problem})
        ) from error
    except (YAMLError, RecursionError, ValueError, OverflowError) as error:
        raise FileFault(LineFault(0, _("This is not valid YAML."))) from error
    if not isinstance(tree, SequenceNode):
        raise FileFault(LineFault(1, _("Expected a list of entries, each beginning with “- question: ”.")))
    return _all_of(_yaml_entry(node) for node in tree.value)


def write_csv(entries: Sequence[FaqFields]) -> str:
    """A spreadsheet program shows every cell as text: one that it would compute begins with an apostrophe."""
    wordings = max((len(entry.wordings) - 1 for entry in entries), default=0)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["question", "answer", "document", "quote", "active", *[REPEATED] * wordings])
    for entry in entries:
        question, *others = entry.wordings
        active = "yes" if entry.is_active else "no"
        cells = (question, entry.answer, entry.document, entry.quote, active, *others)
        writer.writerow([f"'{cell}" if _COMPUTED.match(cell) else cell for cell in cells])
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
    texts = [_FORMULA.sub(r"\1", cell) for cell in cells]
    one = dict(zip(names, texts, strict=False))
    wordings = [text for name, text in zip(names, texts, strict=False) if name == REPEATED]
    return _entry(line, [one.get("question", ""), *wordings], one)


def _yaml_entry(node: Node) -> FileEntry | LineFault:
    line = node.start_mark.line + 1
    if not isinstance(node, MappingNode) or any(_scalar(key) is None for key, _value in node.value):
        return LineFault(line, _("Expected an entry with the keys question and answer."))
    values = {_scalar(key) or "": value for key, value in node.value}
    if len(values) < len(node.value):
        return LineFault(line, _("A key is there twice."))
    if unknown := [key for key in values if key not in KEYS]:
        message = _("Key “%(name)s” is not known. Keys are: %(known)s.")
        return LineFault(line, message % {"name": unknown[0], "known": ", ".join(KEYS)})
    wordings = _wordings(values.pop("wordings", None))
    one = {key: text for key, value in values.items() if (text := _scalar(value)) is not None}
    if wordings is None or len(one) < len(values):
        message = _("Texts must be texts, and wordings a list of them. Put the text in quotation marks.")
        return LineFault(line, message)
    return _entry(line, [one.get("question", ""), *wordings], one)


def _wordings(node: Node | None) -> list[str] | None:
    """None if it is no list of texts. Of a list that is too long for an entry, enough to say so."""
    if node is None or _scalar(node) == "":
        return []
    if not isinstance(node, SequenceNode):
        return None
    texts = [_scalar(each) for each in node.value[: faq_config().wordings + 1]]
    return None if None in texts else [text for text in texts if text]


def _scalar(node: Node) -> str | None:
    """Its text, "" for null; None for a list or a mapping."""
    if not isinstance(node, ScalarNode):
        return None
    return "" if node.style is None and node.value in NULLS else normalise(node.value)


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
