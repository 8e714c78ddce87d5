"""Imports FAQ entries of a file. Importing the same file again changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.knowledge.faq.entries import FaqFields, Prepared, prepare, store
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

    Raises FileFault. Nothing is stored if an entry is wrong; if somebody changes the FAQ meanwhile, the others are.
    """
    planned = _planned(collection, rows)
    done: Counter[str] = Counter()
    faults = []
    for line, prepared in planned:
        try:
            done[_store(collection, prepared, author)] += 1
        except FaqFault as fault:
            faults.append(LineFault(line, str(fault.message)))
    if faults:
        raise FileFault(*faults)
    return Imported(done["new"], done["changed"], done["unchanged"])


def exported(collection: Collection) -> Iterator[FaqFields]:
    """All entries; a quote that its document no longer has is left out."""
    entries = FaqEntry.objects.filter(collection=collection).order_by("pk").prefetch_related("wordings")
    for entry in entries.iterator(chunk_size=100):
        yield fields_of(entry)


def fields_of(entry: FaqEntry) -> FaqFields:
    quote = quote_of(entry)
    has_quote = quote is not None and quote.is_live
    return FaqFields(
        tuple(row.text for row in sorted(entry.wordings.all(), key=lambda row: row.position)),
        entry.answer,
        entry.is_active,
        quote.path if quote and has_quote else "",
        quote.text if quote and has_quote else "",
    )


def _planned(collection: Collection, rows: Sequence[FileEntry]) -> list[tuple[int, Prepared]]:
    """Each with its line, checked before anything is stored."""
    planned: list[tuple[int, Prepared]] = []
    faults: list[LineFault] = []
    lines: dict[str, int] = {}
    for row in rows:
        try:
            prepared = prepare(collection, row.fields)
        except FaqFault as fault:
            faults.append(LineFault(row.line, str(fault.message)))
            continue
        keys = [key_of(text) for text in prepared.fields.wordings]
        if first := next((lines[key] for key in keys if key in lines), 0):
            faults.append(
                LineFault(row.line, _("A question of line %(line)d is repeated.") % {"line": first})
            )
        lines |= dict.fromkeys(keys, row.line)
        planned.append((row.line, prepared))
    if faults:
        raise FileFault(*faults)
    return planned


def _store(collection: Collection, prepared: Prepared, author: User) -> str:
    """What was done: "new", "changed" or "unchanged"."""
    titles = FaqWording.objects.filter(
        collection=collection, position=0, key=key_of(prepared.fields.wordings[0])
    )
    entry = FaqEntry.objects.filter(wordings__in=titles).prefetch_related("wordings").first()
    if entry is not None and _is_same(entry, prepared):
        return "unchanged"
    store(collection, prepared, author=author, entry=entry, revision=entry.revision if entry else None)
    return "changed" if entry else "new"


def _is_same(entry: FaqEntry, prepared: Prepared) -> bool:
    source = prepared.source
    place = (source.version_id, source.start, source.end) if source else (None, 0, 0)
    stored = fields_of(entry)
    wanted = prepared.fields
    return (stored.wordings, stored.answer, stored.is_active) == (
        wanted.wordings,
        wanted.answer,
        wanted.is_active,
    ) and place == (entry.source_version_id, entry.source_start, entry.source_end)
