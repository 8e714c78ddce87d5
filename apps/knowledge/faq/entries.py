"""Writes FAQ entries. Callers pass collections and entries that a selector returned."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.accounts.models import Membership, Role, User
from apps.accounts.services import OPERATOR_EMAIL
from apps.common.db import lock_until_commit, transition
from apps.common.errors import Code
from apps.common.names import LINE_BREAKS, UNSAFE
from apps.common.queue import enqueue
from apps.knowledge.config import faq_config
from apps.knowledge.faq.faults import FaqFault
from apps.knowledge.faq.keys import key_of
from apps.knowledge.faq.sources import Source, find_source
from apps.knowledge.index.embedded_text import text_hash
from apps.knowledge.index.wordings import bump_faq
from apps.knowledge.models import ApproverRole, Collection, FaqEntry, FaqWording
from apps.knowledge.parsing.normalise import normalise

PREPARE_TASK = "apps.knowledge.tasks.prepare_faq"
PREPARE_EXPIRES = 60  # seconds; the task also runs periodically


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


def save_entry(
    collection: Collection,
    fields: FaqFields,
    *,
    author: User,
    entry: FaqEntry | None = None,
    revision: int | None = None,
) -> FaqEntry:
    """A new entry, or a change of `entry`, which must still have the `revision`, if one is given. Raises FaqFault."""
    prepared = prepare(collection, fields, entry)
    return store(collection, prepared, author=author, entry=entry, revision=revision)


def prepare(collection: Collection, fields: FaqFields, entry: FaqEntry | None = None) -> Prepared:
    """Everything that can be checked before a transaction. Raises FaqFault."""
    checked = cleaned(fields)
    if not checked.quote:
        return Prepared(checked, None)
    return Prepared(checked, find_source(collection, checked.document, checked.quote, entry))


def store(
    collection: Collection, prepared: Prepared, *, author: User, entry: FaqEntry | None, revision: int | None
) -> FaqEntry:
    """As `save_entry`."""
    try:
        with transaction.atomic():
            lock_until_commit(f"faq of {collection.pk}")
            _check_keys(collection, prepared.fields.wordings, entry)
            saved = _write_new(collection) if entry is None else entry
            _write(saved, prepared, author, revision)
            bump_faq(collection)
            enqueue(PREPARE_TASK, expires=PREPARE_EXPIRES)
    except IntegrityError as error:  # the same wording at the same moment, on another page
        raise FaqFault("wordings", _("Somebody has just saved one of these questions. Try again.")) from error
    saved.refresh_from_db()
    return saved


def delete_entry(entry: FaqEntry) -> bool:
    """Earlier answers with it no longer show its text. False if it was deleted already."""
    with transaction.atomic():
        deleted, _rows = FaqEntry.objects.filter(pk=entry.pk).delete()
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


def _write_new(collection: Collection) -> FaqEntry:
    limit = faq_config().entries
    if FaqEntry.objects.filter(collection=collection).count() >= limit:
        message = _("A collection has at most %(n)d approved answers. Delete some.") % {"n": limit}
        raise FaqFault("", message, Code.QUOTA)
    return FaqEntry.objects.create(
        workspace_id=collection.workspace_id,
        collection=collection,
        approved_role=ApproverRole.EDITOR,
        approved_at=Now(),
        revision=0,
    )


def _write(entry: FaqEntry, prepared: Prepared, author: User, revision: int | None) -> None:
    fields, source = prepared.fields, prepared.source
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
        raise FaqFault("", _("Somebody has changed this entry meanwhile. Open it again."), Code.CONFLICT)
    _write_wordings(entry, fields.wordings)


def _write_wordings(entry: FaqEntry, wordings: Sequence[str]) -> None:
    """Those that have a vector already keep the mark of it."""
    known = dict(entry.wordings.values_list("text_hash", "encoder_digest"))
    entry.wordings.all().delete()
    FaqWording.objects.bulk_create(
        FaqWording(
            workspace_id=entry.workspace_id,
            collection_id=entry.collection_id,
            entry=entry,
            position=position,
            text=text,
            key=key_of(text),
            text_hash=text_hash(text),
            encoder_digest=known.get(text_hash(text), ""),
        )
        for position, text in enumerate(wordings)
    )


def _check_keys(collection: Collection, wordings: Sequence[str], entry: FaqEntry | None) -> None:
    taken = FaqWording.objects.filter(collection=collection, key__in=[key_of(text) for text in wordings])
    if entry is not None:
        taken = taken.exclude(entry=entry)
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
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = "\n".join(UNSAFE.sub("", line.replace("\t", " ")).rstrip() for line in lines)
    return unicodedata.normalize("NFC", kept).strip()


def _has_word(text: str) -> bool:
    return any(map(str.isalnum, text))
