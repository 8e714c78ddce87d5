"""Imports FAQ entries of a file. Importing the same file again changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.knowledge.faq.entries import Change, ChangesRefused, FaqFields, cleaned, prepare, store
from apps.knowledge.faq.entry_files import FileEntry, FileFault, LineFault
from apps.knowledge.faq.faults import FaqFault
from apps.knowledge.faq.keys import key_of
from apps.knowledge.faq.sources import quote_of
from apps.knowledge.models import Collection, FaqEntry, FaqWording


@dataclass(frozen=True)
class Imported:
    new: int
    changed: int
    unchanged: int


def import_entries(collection: Collection, rows: Sequence[FileEntry], *, author: User) -> Imported:
    """An entry with the same question is changed; entries that the file does not have stay.

    Raises FileFault, and then nothing is imported.
    """
    planned = _planned(collection, rows)
    changes = [(line, change) for line, change in planned if not _is_same(change)]
    try:
        if changes:
            store(collection, [change for _line, change in changes], author=author)
    except ChangesRefused as error:
        faults = [LineFault(changes[place][0], str(fault.message)) for place, fault in error.faults.items()]
        raise FileFault(*faults) from error
    except FaqFault as fault:
        raise FileFault(LineFault(0, str(fault.message))) from fault
    new = sum(change.entry is None for _line, change in changes)
    return Imported(new, len(changes) - new, len(planned) - len(changes))


def exported(collection: Collection) -> Iterator[FaqFields]:
    """All entries; a quote that its document does not have is left out, and its entry is off."""
    entries = FaqEntry.objects.filter(collection=collection).order_by("pk").prefetch_related("wordings")
    for entry in entries.iterator(chunk_size=100):
        yield fields_of(entry)


def fields_of(entry: FaqEntry) -> FaqFields:
    quote = quote_of(entry)
    is_live = quote is None or quote.is_live
    return FaqFields(
        tuple(row.text for row in sorted(entry.wordings.all(), key=lambda row: row.position)),
        entry.answer,
        entry.is_active and is_live,
        quote.path if quote and is_live else "",
        quote.text if quote and is_live else "",
    )


def _planned(collection: Collection, rows: Sequence[FileEntry]) -> list[tuple[int, Change]]:
    """Each with its line, checked before anything is stored."""
    planned: list[tuple[int, Change]] = []
    faults: list[LineFault] = []
    lines: dict[str, int] = {}
    for row in rows:
        try:
            change = _change(collection, row.fields)
        except FaqFault as fault:
            faults.append(LineFault(row.line, str(fault.message)))
            continue
        keys = [key_of(text) for text in change.prepared.fields.wordings]
        if first := next((lines[key] for key in keys if key in lines), 0):
            faults.append(
                LineFault(row.line, _("A question of line %(line)d is repeated.") % {"line": first})
            )
        lines |= dict.fromkeys(keys, row.line)
        planned.append((row.line, change))
    if faults:
        raise FileFault(*faults)
    return planned


def _change(collection: Collection, fields: FaqFields) -> Change:
    title = key_of(cleaned(fields).wordings[0])
    titles = FaqWording.objects.filter(collection=collection, position=0, key=title)
    entry = FaqEntry.objects.filter(wordings__in=titles).prefetch_related("wordings").first()
    return Change(prepare(collection, fields, entry), entry, entry.revision if entry else None)


def _is_same(change: Change) -> bool:
    entry, wanted, source = change.entry, change.prepared.fields, change.prepared.source
    if entry is None:
        return False
    place = (source.version_id, source.start, source.end) if source else (None, 0, 0)
    stored = fields_of(entry)
    return (stored.wordings, stored.answer, stored.is_active) == (
        wanted.wordings,
        wanted.answer,
        wanted.is_active,
    ) and place == (entry.source_version_id, entry.source_start, entry.source_end)
