"""Switches a collection to the encoder of quoth.yaml. All live texts are re-embedded first."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.common.db import transition
from apps.common.disk_space import check_reserve
from apps.common.errors import AppError, Code
from apps.knowledge.index.embeddings import ensure_embeddings
from apps.knowledge.index.live_passages import LIVE_VERSION
from apps.knowledge.index.publishing import bump_store, project_again
from apps.knowledge.index.version_texts import version_texts
from apps.knowledge.index.wordings import encode_wordings
from apps.knowledge.models import Collection, DocumentVersion
from apps.models.inference.engine import get_encoder
from apps.models.inference.interfaces import Encoder
from apps.models.inference.weights import EncoderUnavailable

logger = logging.getLogger(__name__)

PASSAGES_AT_ONCE = 100
GUARD_SECONDS = 120  # a chunk of texts takes seconds; after a worker has died, others wait this long


class EncoderChanged(EncoderUnavailable):
    """The vectors of the collection were made by another encoder, so a question cannot be compared with them."""

    def __init__(self) -> None:
        super().__init__(_("The collection is being prepared for a new encoder. Ask again in a few minutes."))


def outdated_collections() -> QuerySet[Collection]:
    """Collections whose vectors were not made by the encoder that quoth.yaml names today. Raises EncoderUnavailable."""
    encoder = get_encoder()
    present = Collection.objects.filter(deleted_at=None)
    return present.exclude(encoder=encoder.name, encoder_digest=encoder.digest)


def reembed_collections() -> None:
    """Re-embed every outdated collection, except those that another worker re-embeds. Raises EncoderUnavailable."""
    for collection in outdated_collections().order_by("-is_public", "pk"):
        ensure_current_encoder(collection)


def ensure_current_encoder(collection: Collection) -> bool:
    """Re-embed the collection if necessary. False while another worker does so, or without disk space for it.

    Raises EncoderUnavailable.
    """
    if _is_current(collection, get_encoder()):
        return True
    guard = f"re-embedding-{collection.pk}"
    if not cache.add(guard, 1, GUARD_SECONDS):
        return False

    def renew(hashes: Sequence[str]) -> None:
        cache.set(guard, 1, GUARD_SECONDS)

    try:
        reembed_collection(collection, renew)
    except AppError as error:
        if error.code is not Code.STORAGE_FULL:
            raise
        logger.warning("collection %s is not yet re-embedded: %s", collection.uid, error)
        return False
    finally:
        cache.delete(guard)
    return True


def reembed_collection(
    collection: Collection, on_chunk: Callable[[Sequence[str]], None] = lambda hashes: None
) -> bool:
    """Re-embed the collection and switch it to the encoder that quoth.yaml names. False if there was nothing to do.

    Until the switch it is asked with its earlier encoder, unless that one has changed itself.

    Raises EncoderUnavailable, and AppError at the reserve of free disk space: what is stored by then is not encoded
    again by the next call.
    """

    def on_stored(hashes: Sequence[str]) -> None:
        on_chunk(hashes)
        check_reserve()

    encoder = get_encoder()
    if _is_current(collection, encoder):
        return False
    logger.info("collection %s is being re-embedded", collection.uid)
    encode_wordings(collection, encoder, on_stored)
    encoded: set[int] = set()
    switched = None
    while switched is None:
        for version in _live(collection).exclude(pk__in=encoded).iterator(chunk_size=20):
            check_reserve()
            for first in range(0, version.passage_count, PASSAGES_AT_ONCE):
                texts = version_texts(version.pk, first, PASSAGES_AT_ONCE)
                ensure_embeddings(collection.workspace_id, encoder, texts, on_stored)
            encoded.add(version.pk)
        switched = _switch(collection, encoder, encoded)
    collection.encoder, collection.encoder_digest = encoder.name, encoder.digest
    return switched


def _is_current(collection: Collection, encoder: Encoder) -> bool:
    return (collection.encoder, collection.encoder_digest) == (encoder.name, encoder.digest)


@transaction.atomic
def _switch(collection: Collection, encoder: Encoder, encoded: set[int]) -> bool | None:
    """None if a version was published meanwhile; False if another worker has switched the collection."""
    bump_store(collection.workspace_id)
    live = set(_live(collection).values_list("pk", flat=True))
    if live - encoded:
        transaction.set_rollback(True)
        return None
    before = Collection.objects.filter(
        pk=collection.pk, encoder=collection.encoder, encoder_digest=collection.encoder_digest
    )
    switched = transition(before, encoder=encoder.name, encoder_digest=encoder.digest)
    if switched:
        project_again(collection.workspace_id, sorted(live))
    return switched


def _live(collection: Collection) -> QuerySet[DocumentVersion]:
    rows = DocumentVersion.objects.filter(document__collection=collection, **LIVE_VERSION)
    return rows.only("pk", "passage_count")
