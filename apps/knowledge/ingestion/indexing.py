"""The second half of the work on a file: its texts encoded, then the switch to the new version."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction

from apps.common.queue import enqueue
from apps.knowledge.index.embeddings import ensure_embeddings
from apps.knowledge.index.publishing import VersionGone, publish_version
from apps.knowledge.ingestion.drafts import DraftVersion
from apps.knowledge.ingestion.lease import OPEN_STATES, LeaseLost, finish, renew
from apps.knowledge.models import Collection, Ingestion, IngestionState
from apps.models.inference.engine import get_encoder

SUGGESTIONS_EXPIRE = 600
Encoded = Callable[[int, int], None]  # texts that are done, and all


def ignore_progress(done: int, total: int) -> None:
    """Nobody waits at a terminal."""


def encode_drafts(drafts: Sequence[DraftVersion], on_encoded: Encoded = ignore_progress) -> None:
    """The texts of several files of one collection in calls that are large enough to be quick."""
    collection = drafts[0].ingestion.collection
    texts = {key: text for draft in drafts for key, text in draft.texts.items()}
    show = _progress_of(drafts)
    missing = set(texts)

    def on_chunk(hashes: Sequence[str]) -> None:
        show(hashes)
        missing.difference_update(hashes)
        on_encoded(len(texts) - len(missing), len(texts))

    on_encoded(0, len(texts))
    ensure_embeddings(collection.workspace_id, get_encoder(collection.encoder), texts, on_chunk)


def publish_draft(draft: DraftVersion) -> None:
    """Raises LeaseLost: nothing has changed then."""
    ingestion = draft.ingestion
    with transaction.atomic():
        finish(ingestion, state=IngestionState.READY, version=draft.version, progress=len(draft.texts))
        try:
            publish_version(draft.version)
        except VersionGone as error:
            raise LeaseLost from error
        if not _encoded_for(ingestion.collection):
            raise LeaseLost
        transaction.on_commit(lambda: _after_last(ingestion))


def _encoded_for(collection: Collection) -> bool:
    """Nobody switched the collection to another encoder's vectors meanwhile; its publishers are locked out by now."""
    digest = get_encoder(collection.encoder).digest
    return Collection.objects.filter(pk=collection.pk, encoder_digest=digest).exists()


def _progress_of(drafts: Sequence[DraftVersion]) -> Callable[[Sequence[str]], None]:
    waiting = [(draft, set(draft.texts)) for draft in drafts]

    def on_chunk(hashes: Sequence[str]) -> None:
        for draft, missing in waiting:
            if not missing.isdisjoint(hashes):
                missing.difference_update(hashes)
                _show(draft, len(missing))

    return on_chunk


def _show(draft: DraftVersion, missing: int) -> None:
    try:
        renew(draft.ingestion, progress=len(draft.texts) - missing, total=len(draft.texts))
    except LeaseLost:
        return  # publishing finds out too; the other files go on


def _after_last(ingestion: Ingestion) -> None:
    """When no file of the collection is on its way in any more, questions to suggest are looked for."""
    others = Ingestion.objects.filter(collection=ingestion.collection, state__in=OPEN_STATES)
    if not others.exists():
        enqueue("apps.chat.tasks.suggest_questions", ingestion.collection_id, expires=SUGGESTIONS_EXPIRE)
