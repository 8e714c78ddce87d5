"""Fills caches after a start, so that the first questions do not have to wait."""

from __future__ import annotations

from contextlib import suppress

from apps.chat.services.shortcuts import SHORTCUTS
from apps.knowledge.models import Collection
from apps.knowledge.search.candidates import PRELOADED
from apps.knowledge.search.retrieval import warm
from apps.knowledge.selectors import scope_of
from apps.models.inference.weights import EncoderUnavailable

WARMED = 20  # collections


def warm_collections() -> None:
    """Read vectors and passages, those of public collections first, as far as the cache has room for them."""
    room = PRELOADED
    filled = Collection.objects.filter(statistic__passages__gt=0, deleted_at=None).order_by(
        "-is_public", "pk"
    )
    for collection in filled[:WARMED]:
        with suppress(EncoderUnavailable):  # it is being re-embedded
            scope = scope_of(collection)
            room -= warm(scope, collection.name, room)
            SHORTCUTS.recognise(scope, [collection.name])
            SHORTCUTS.approve(scope, [collection.name])
        if room <= 0:
            break
