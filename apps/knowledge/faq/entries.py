"""Writes FAQ entries. Callers pass collections and entries that a selector returned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.accounts.models import Membership, Role, User
from apps.accounts.selectors import OPERATOR_EMAIL
from apps.common.db import lock_until_commit, transition
from apps.common.errors import Code
from apps.common.names import LINE_BREAKS, UNSAFE
from apps.common.queue import enqueue
from apps.knowledge.config import faq_config
from apps.knowledge.faq.faults import EntryChanged, FaqFault
from apps.knowledge.faq.keys import key_of
from apps.knowledge.faq.sources import Source, find_source
from apps.knowledge.index.embedded_text import text_hash
from apps.knowledge.index.publishing import CLEAN_EXPIRES, PREPARE_FAQ_TASK
from apps.knowledge.index.wordings import bump_faq
from apps.knowledge.models import ApproverRole, Collection, FaqEntry, FaqWording
from apps.knowledge.parsing.normalise import normalise


@dataclass(frozen=True)
class FaqFields:
    """What an editor enters. `quote` is in the document with that path or title; both are "" without a source."""

    wordings: tuple[str, ...]
    answer: str
    is_active: bool = True
    document: str = ""
    quote: str = ""


@dataclass(frozen=True)
class Prepared:
    """Checked fields, and where the document has the quote."""

    fields: FaqFields
    source: Source | None


@dataclass(frozen=True)
class Change:
    """What `entry` becomes, which must still have the `revision`, if one is given; None for a new entry."""

    prepared: Prepared
    entry: FaqEntry | None = None
    revision: int | None = None


class ChangesRefused(Exception):
    """Nothing was stored. `faults` are those of the changes at these places."""

    def __init__(self, faults: Mapping[int, FaqFault]) -> None:
        super().__init__(faults)
        self.faults = faults


def save_entry(
    collection: Collection,
    fields: FaqFields,
    *,
    author: User,
    entry: FaqEntry | None = None,
    revision: int | None = None,
) -> FaqEntry:
    """A new entry, or a change of `entry`. Raises FaqFault."""
    change = Change(prepare(collection, fields, entry), entry, revision)
    try:
        (saved,) = store(collection, [change], author=author)
    except ChangesRefused as error:
        raise error.faults[0] from error
    saved.refresh_from_db()
    return saved


def prepare(collection: Collection, fields: FaqFields, entry: FaqEntry | None = None) -> Prepared:
    """Everything that can be checked before a transaction. Raises FaqFault."""
    checked = cleaned(fields)
    if not checked.quote:
        return Prepared(checked, None)
    return Prepared(checked, find_source(collection, checked.document, checked.quote, entry))


def store(collection: Collection, changes: Sequence[Change], *, author: User) -> list[FaqEntry]:
    """All of them, or none. A wording may move from one of their entries to another. Raises FaqFault, if it concerns
    all of them, and ChangesRefused.
    """
    try:
        with transaction.atomic():
            lock_until_commit(f"faq of {collection.pk}")
            _check_room(collection, sum(change.entry is None for change in changes))
            saved = _stored(collection, changes, author)
            bump_faq(collection)
            enqueue(PREPARE_FAQ_TASK, collection.pk, expires=CLEAN_EXPIRES)
    except IntegrityError as error:  # the same wording at the same moment, on another page
        raise FaqFault("wordings", _("Somebody has just saved one of these questions. Try again.")) from error
    return saved


def delete_entry(entry: FaqEntry) -> bool:
    """Earlier answers with it no longer show its text. False if it was deleted already."""
    with transaction.atomic():
        locked = FaqEntry.objects.select_for_update().filter(pk=entry.pk)
        deleted, _rows = FaqEntry.objects.filter(pk__in=[row.pk for row in locked]).delete()
        if deleted:
            bump_faq(entry.collection)
    return bool(deleted)


def cleaned(fields: FaqFields) -> FaqFields:
    """Without repeated wordings and characters that hide or reorder text; the quote keeps those of its document.
    Raises FaqFault.
    """
    wordings = {key_of(text): text for text in reversed([_on_one_line(text) for text in fields.wordings])}
    asked = tuple(text for text in reversed(list(wordings.values())) if text)
    document, quote = _on_one_line(fields.document), normalise(fields.quote).strip()
    made = FaqFields(asked, _text(fields.answer), fields.is_active, document, quote)
    for field, message in _problems(made):
        raise FaqFault(field, message)
    return made


def _problems(fields: FaqFields) -> Iterable[tuple[str, str]]:
    limits = faq_config()
    if not any(map(_has_word, fields.wordings)) or not all(map(_has_word, fields.wordings)):
        yield "wordings", _("Write at least one question, each with letters or digits.")
    if len(fields.wordings) > limits.wordings:
        yield "wordings", _("An entry has at most %(n)d questions. Remove some.") % {"n": limits.wordings}
    if any(len(text) > limits.wording_chars for text in fields.wordings):
        most = {"n": limits.wording_chars}
        yield "wordings", _("A question has at most %(n)d characters. Shorten it.") % most
    if not fields.answer:
        yield "answer", _("Write an answer.")
    if len(fields.answer) > limits.answer_chars:
        yield "answer", _("An answer has at most %(n)d characters. Shorten it.") % {"n": limits.answer_chars}
    if len(fields.quote) > limits.quote_chars:
        yield "quote", _("A quote has at most %(n)d characters. Shorten it.") % {"n": limits.quote_chars}
    if fields.quote and not fields.document:
        yield "document", _("Enter the document that the quote is from.")
    if (fields.document or fields.quote) and not _has_word(fields.quote):
        yield "quote", _("Enter the words of the document, or leave the document out.")


def _check_room(collection: Collection, new: int) -> None:
    limit = faq_config().entries
    if new and FaqEntry.objects.filter(collection=collection).count() + new > limit:
        message = _("A collection has at most %(n)d approved answers. Delete some.") % {"n": limit}
        raise FaqFault("", message, Code.QUOTA)


def _stored(collection: Collection, changes: Sequence[Change], author: User) -> list[FaqEntry]:
    encoded = _take_wordings([change.entry for change in changes if change.entry])
    saved: list[FaqEntry] = []
    faults: dict[int, FaqFault] = {}
    for place, change in enumerate(changes):
        try:
            _check_keys(collection, change.prepared.fields.wordings)
            entry = change.entry or _new_entry(collection)
            _write(entry, change, author)
            _write_wordings(entry, change.prepared.fields.wordings, encoded)
            saved.append(entry)
        except FaqFault as fault:
            faults[place] = fault
    if faults:
        raise ChangesRefused(faults)
    return saved


def _take_wordings(entries: Sequence[FaqEntry]) -> dict[str, str]:
    """Deletes them. Returns the encoder of each that has a vector, by the hash of its text."""
    rows = FaqWording.objects.filter(entry__in=entries)
    encoded = dict(rows.values_list("text_hash", "encoder_digest"))
    rows.delete()
    return encoded


def _new_entry(collection: Collection) -> FaqEntry:
    return FaqEntry.objects.create(
        workspace_id=collection.workspace_id,
        collection=collection,
        approved_role=ApproverRole.EDITOR,
        approved_at=Now(),
        revision=0,
    )


def _write(entry: FaqEntry, change: Change, author: User) -> None:
    fields, source, revision = change.prepared.fields, change.prepared.source, change.revision
    rows = FaqEntry.objects.filter(pk=entry.pk)
    is_written = transition(
        rows if revision is None else rows.filter(revision=revision),
        revision=F("revision") + 1,
        answer=fields.answer,
        is_active=fields.is_active,
        source_version_id=source.version_id if source else None,
        source_start=source.start if source else 0,
        source_end=source.end if source else 0,
        looked_in=None,
        approved_by=author,
        approved_role=_role_of(author, entry.collection),
        approved_at=Now(),
    )
    if not is_written:
        raise EntryChanged


def _write_wordings(entry: FaqEntry, wordings: Sequence[str], encoded: Mapping[str, str]) -> None:
    """Those that have a vector already keep the mark of it."""
    FaqWording.objects.bulk_create(
        FaqWording(
            workspace_id=entry.workspace_id,
            collection_id=entry.collection_id,
            entry=entry,
            position=position,
            text=text,
            key=key_of(text),
            text_hash=text_hash(text),
            encoder_digest=encoded.get(text_hash(text), ""),
        )
        for position, text in enumerate(wordings)
    )


def _check_keys(collection: Collection, wordings: Sequence[str]) -> None:
    taken = FaqWording.objects.filter(collection=collection, key__in=[key_of(text) for text in wordings])
    if other := taken.values_list("text", flat=True).first():
        message = _("“%(question)s” belongs to another entry. Remove it here or there.")
        raise FaqFault("wordings", message % {"question": other})


def _role_of(author: User, collection: Collection) -> ApproverRole:
    if author.email == OPERATOR_EMAIL:
        return ApproverRole.OPERATOR
    owns = Membership.objects.filter(user=author, workspace=collection.workspace_id, role=Role.OWNER).exists()
    return ApproverRole.OWNER if owns else ApproverRole.EDITOR


def _on_one_line(text: str) -> str:
    return " ".join(_text(LINE_BREAKS.sub(" ", text)).split())


def _text(text: str) -> str:
    """In NFC, with LF line ends, without surrounding space."""
    lines = normalise(text).split("\n")
    kept = "\n".join(UNSAFE.sub("", line.replace("\t", " ")).rstrip() for line in lines)
    return normalise(kept).strip()


def _has_word(text: str) -> bool:
    return any(map(str.isalnum, text))
