"""After a start: what the first questions would otherwise wait for."""

from __future__ import annotations

from contextlib import suppress

from apps.knowledge.index.reembedding import EncoderChanged
from apps.knowledge.models import Collection
from apps.knowledge.search.candidates import PRELOADED
from apps.knowledge.search.retrieval import warm
from apps.knowledge.selectors import scope_of

WARMED = 20  # collections


def warm_collections() -> None:
    """Read vectors and passages of the public collections first, as far as there is room for them."""
    room = PRELOADED
    filled = Collection.objects.filter(statistic__passages__gt=0).order_by("-is_public", "pk")
    for collection in filled[:WARMED]:
        with suppress(EncoderChanged):  # it is being re-embedded
            room -= warm(scope_of(collection), collection.name, room)
        if room <= 0:
            break
