"""Background work on FAQs: vectors of new wordings, and quotes of documents that were replaced."""

from __future__ import annotations

import logging

from django.db.models import Exists, OuterRef, Q

from apps.knowledge.faq.sources import follow_sources
from apps.knowledge.index.wordings import encode_wordings
from apps.knowledge.models import Collection, FaqEntry, FaqWording, VersionState
from apps.models.inference.engine import get_encoder

logger = logging.getLogger(__name__)

_OF_COLLECTION = Q(collection=OuterRef("pk"))
_NOT_ENCODED = Exists(
    FaqWording.objects.filter(_OF_COLLECTION, ~Q(encoder_digest=OuterRef("encoder_digest")))
)
_REPLACED = Exists(
    FaqEntry.objects.filter(
        _OF_COLLECTION,
        source_version__state=VersionState.RETIRED,
        source_version__document__deleted_at=None,
    )
)


def prepare_faqs(collection_id: int | None = None) -> None:
    """For one collection, or for every one that has work. What fails for one of them is logged."""
    having_work = Collection.objects.filter(_NOT_ENCODED | _REPLACED, faq_version__gt=0, deleted_at=None)
    chosen = having_work if collection_id is None else having_work.filter(pk=collection_id)
    for collection in chosen.order_by("-is_public", "pk"):
        try:
            _prepare(collection)
        except Exception:  # a boundary: one collection must not stop the others
            logger.exception("the FAQ of collection %s is not prepared", collection.uid)


def _prepare(collection: Collection) -> None:
    follow_sources(collection)
    encode_wordings(collection, get_encoder(collection.encoder))
