"""The second half of ingestion: encodes the texts of files, then switches to the new versions.

Several small files of one collection are encoded together, in calls that are large enough to be fast. A long file is
encoded in windows. The progress is stored after each window, so that the work can continue later, in any process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from apps.knowledge.index.embedded_text import EmbeddedText
from apps.knowledge.index.embeddings import ensure_embeddings
from apps.knowledge.index.publishing import VersionGone, publish_version
from apps.knowledge.index.version_texts import version_texts
from apps.knowledge.ingestion.extraction import CHECK_SECONDS, every
from apps.knowledge.ingestion.lease import LeaseLost, extend, finish, renew
from apps.knowledge.ingestion.notifications import notify_if_last
from apps.knowledge.models import Collection, DocumentVersion, Ingestion, IngestionState
from apps.models.inference.engine import get_encoder

WINDOW_PASSAGES = 250  # read and encoded together: about a thousand texts, which take a few seconds
OnEncoded = Callable[[int, int], None]  # encoded texts, all texts


@dataclass
class Draft:
    """A claimed ingestion with a complete draft. `texts` is the number of encoded texts; `is_lost` is true when the
    claim has ended.
    """

    ingestion: Ingestion
    version: DocumentVersion
    texts: int
    is_lost: bool = field(default=False)

    @property
    def is_indexed(self) -> bool:
        return self.ingestion.indexed_passages >= self.version.passage_count


def load_draft(ingestion: Ingestion) -> Draft:
    """A draft that was completed by an earlier turn or attempt."""
    versions = DocumentVersion.objects.defer("text", "layout").select_related("document__collection")
    version = versions.filter(pk__in=[ingestion.version_id]).first()
    if version is None:
        raise LeaseLost
    return Draft(ingestion, version, ingestion.progress)


def index_window(drafts: Sequence[Draft], on_encoded: OnEncoded = lambda done, total: None) -> None:
    """Encode the next WINDOW_PASSAGES of these drafts, in order. All drafts must be of one collection."""
    collection = drafts[0].ingestion.collection
    spans = list(_next_passages(drafts))
    by_draft = [(draft, version_texts(draft.version.pk, first, count)) for draft, first, count in spans]
    texts = {key: text for _, of_draft in by_draft for key, text in of_draft.items()}
    _encode(collection, texts, by_draft, on_encoded)
    for draft, first, count in spans:
        draft.ingestion.indexed_passages = first + count
        _store_progress(draft, progress=draft.texts, indexed_passages=first + count)


def publish_draft(draft: Draft) -> None:
    """Raises LeaseLost; nothing has changed then."""
    ingestion, version = draft.ingestion, draft.version

    def finish_ingestion() -> None:
        finish(ingestion, state=IngestionState.READY, version=version, progress=ingestion.total)
        if not _is_encoded_for(ingestion.collection):
            raise LeaseLost

    try:
        publish_version(version, finish_ingestion)
    except VersionGone as error:
        raise LeaseLost from error
    notify_if_last(ingestion)


def _next_passages(drafts: Sequence[Draft]) -> Iterator[tuple[Draft, int, int]]:
    """(draft, first position, number of passages) until the window is full."""
    room = WINDOW_PASSAGES
    for draft in drafts:
        first = draft.ingestion.indexed_passages
        count = min(room, draft.version.passage_count - first)
        if count > 0:
            yield draft, first, count
            room -= count


def _encode(
    collection: Collection,
    texts: dict[str, EmbeddedText],
    by_draft: Sequence[tuple[Draft, dict[str, EmbeddedText]]],
    on_encoded: OnEncoded,
) -> None:
    done: set[str] = set()

    def show() -> None:
        keep_alive([draft for draft, _ in by_draft])
        for draft, of_draft in by_draft:
            _show_progress(draft, draft.texts + sum(key in done for key in of_draft))

    show_sometimes = every(CHECK_SECONDS, show)

    def on_stored(hashes: Sequence[str]) -> None:
        done.update(hashes)
        on_encoded(len(done), len(texts))
        show_sometimes()

    on_encoded(0, len(texts))
    ensure_embeddings(collection.workspace_id, get_encoder(collection.encoder), texts, on_stored)
    for draft, of_draft in by_draft:
        draft.texts += len(of_draft)


def keep_alive(drafts: Sequence[Draft]) -> None:
    """Extend the leases of these drafts. Raises LeaseLost if this worker has lost all of them."""
    owned = extend([draft.ingestion for draft in drafts])
    for draft in drafts:
        draft.is_lost = draft.ingestion.pk not in owned
    if drafts and not owned:
        raise LeaseLost


def _show_progress(draft: Draft, encoded: int) -> None:
    """Store how many of the file's own texts are encoded, if that has changed."""
    progress = min(encoded, draft.ingestion.total)
    if not draft.is_lost and progress != draft.ingestion.progress:
        draft.ingestion.progress = progress
        _store_progress(draft, progress=progress)


def _store_progress(draft: Draft, **changes: int) -> None:
    """Store progress and extend the lease. A lost lease is recorded and does not affect the other files of the
    window.
    """
    try:
        renew(draft.ingestion, **changes)
    except LeaseLost:
        draft.is_lost = True


def _is_encoded_for(collection: Collection) -> bool:
    """Whether the collection still uses the encoder of the draft. Call it while other publishers are locked out."""
    digest = get_encoder(collection.encoder).digest
    return Collection.objects.filter(pk=collection.pk, encoder_digest=digest).exists()
