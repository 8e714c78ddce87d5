"""Background work on FAQs: vectors of new wordings, and quotes of documents that were replaced."""

from __future__ import annotations

from apps.knowledge.faq.sources import follow_sources
from apps.knowledge.index.wordings import encode_wordings
from apps.knowledge.models import Collection
from apps.models.inference.engine import get_encoder


def prepare_faqs() -> None:
    """For every collection that has or had entries. Raises EncoderUnavailable."""
    for collection in Collection.objects.filter(faq_version__gt=0).order_by("-is_public", "pk"):
        follow_sources(collection)
        encode_wordings(collection, get_encoder(collection.encoder))
