"""The quote that an FAQ entry names as its source: where a document has it, and whether it still does."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from apps.common.db import transition
from apps.knowledge.faq.faults import FaqFault
from apps.knowledge.faq.quote_places import places_of, same_place
from apps.knowledge.index.wordings import bump_faq
from apps.knowledge.models import Collection, DocumentVersion, FaqEntry, VersionState

IS_LIVE = Q(source_version__state=VersionState.PUBLISHED, source_version__document__deleted_at=None)
ANSWERS = Q(source_version=None) | IS_LIVE
AT_ONCE = 100
_WORDS = Substr("source_version__text", F("source_start") + 1, F("source_end") - F("source_start"))


@dataclass(frozen=True)
class SourceQuote:
    """The quote of an entry for its editors. `is_live` while the document has it; `removed` when the document was
    deleted, and then `text` is "".
    """

    path: str
    text: str
    is_live: bool
    removed: bool


@dataclass(frozen=True)
class Source:
    """version.text[start:end] of a published version, inside one of its passages."""

    version_id: int
    start: int
    end: int


def find_source(collection: Collection, document: str, quote: str, entry: FaqEntry | None = None) -> Source:
    """Where the document, named by its path or its title, has these words; white space may differ. Of several places
    it is the one that `entry` has already, else the first. Raises FaqFault.
    """
    version = _published(collection, document)
    found = [Source(version.pk, place.start, place.end) for place in places_of(version.pk, quote)]
    if not found:
        raise FaqFault(
            "quote",
            _(
                "“%(document)s” does not have these words in one of its sections. Copy whole words and numbers from "
                "its page."
            )
            % {"document": document},
        )
    own = Source(entry.source_version_id or 0, entry.source_start, entry.source_end) if entry else None
    return own if own in found else found[0]


def quote_of(entry: FaqEntry) -> SourceQuote | None:
    """None for an entry without a source."""
    rows = FaqEntry.objects.filter(pk=entry.pk, source_version__isnull=False).annotate(words=_WORDS)
    document = "source_version__document"
    row = rows.values_list(
        f"{document}__path", "words", "source_version__state", f"{document}__deleted_at"
    ).first()
    if row is None:
        return None
    path, words, state, deleted_at = row
    removed = deleted_at is not None
    return SourceQuote(
        path, "" if removed else words, state == VersionState.PUBLISHED and not removed, removed
    )


def follow_sources(collection: Collection) -> None:
    """Move the quotes of entries whose document was replaced to its new version, if that has the same words."""
    for pk, revision, old_id, start, version_id, words in _outdated(collection)[:AT_ONCE]:
        found = same_place(places_of(old_id, words), start, places_of(version_id, words))
        rows = FaqEntry.objects.filter(pk=pk, revision=revision)
        if found is None:
            rows.update(looked_in=version_id)
        elif _move(rows, Source(version_id, found.start, found.end)):
            bump_faq(collection)


def _move(rows: QuerySet[FaqEntry], source: Source) -> bool:
    return transition(
        rows,
        source_version_id=source.version_id,
        source_start=source.start,
        source_end=source.end,
        revision=F("revision") + 1,
    )


def _outdated(collection: Collection) -> QuerySet[FaqEntry, tuple[int, int, int, int, int, str]]:
    """(id, revision, id of the version with the quote, its start there, id of the version that is published now, words
    of the quote)
    """
    today = DocumentVersion.objects.filter(
        document=OuterRef("source_version__document"), state=VersionState.PUBLISHED
    )
    rows = FaqEntry.objects.filter(
        collection=collection,
        source_version__state=VersionState.RETIRED,
        source_version__document__deleted_at=None,
    ).annotate(published=Subquery(today.values("pk")[:1]), words=_WORDS)
    new = Q(published__isnull=False) & (Q(looked_in=None) | ~Q(looked_in=F("published")))
    found = rows.filter(new).order_by("pk")
    return found.values_list("pk", "revision", "source_version_id", "source_start", "published", "words")


def _published(collection: Collection, document: str) -> DocumentVersion:
    named = DocumentVersion.objects.filter(
        document__collection=collection, document__deleted_at=None, state=VersionState.PUBLISHED
    ).only("pk")
    by_path = list(named.filter(document__path=document)[:1])
    found = by_path or list(named.filter(title=document)[:2])
    if len(found) == 1:
        return found[0]
    if found:
        message = _("Several documents have the title “%(document)s”. Enter the file name.")
    else:
        message = _(
            "This collection has no document “%(document)s”. Enter its file name as its row shows it."
        )
    raise FaqFault("document", message % {"document": document})
