"""A process that publishes and searches while another one does the same: python -m apps.knowledge.tests.rival NAME."""

from __future__ import annotations

import sys
import time

import django

django.setup()

from apps.knowledge.index.live_passages import live_passages, snapshot_of  # noqa: E402
from apps.knowledge.index.scope import Scope  # noqa: E402
from apps.knowledge.index.stores.local import LocalStore  # noqa: E402
from apps.knowledge.models import Collection, Document, Passage, VersionState  # noqa: E402 - Django first
from apps.knowledge.selectors import scope_of  # noqa: E402
from apps.knowledge.tests.corpus import Words, publish  # noqa: E402
from apps.models.inference.engine import get_encoder  # noqa: E402

ROUNDS = 25
EVERYTHING = 100_000
START_SECONDS = 60


def main(name: str) -> None:
    collection = Collection.objects.get()
    scope = scope_of(collection)
    publish(collection, f"{name}.md", [["Here."]])
    _wait_for_the_other(collection)
    words, seen = Words(ord(name[0])), 0
    for number in range(ROUNDS):
        # Each document is replaced once, so that passages are added and removed.
        version = publish(collection, f"{name}-{number // 2}.md", [[words.sentence()], [words.sentence()]])
        mine = set(version.passages.values_list("pk", flat=True))
        seen = _check(scope, mine)
    sys.stdout.write(f"{seen}\n")


def _check(scope: Scope, mine: set[int]) -> int:
    """A search must find what is live both before and after it. Besides, it may only find what was live before, or
    what was published meanwhile: the other process may do that, and replace it again, between the two looks.
    """
    vectors = get_encoder(scope.encoder).encode(["Where is it?"])
    known, before = _published(scope), _live(scope)
    [near] = LocalStore().nearest_passages(snapshot_of(scope), vectors, EVERYTHING)
    found = set(near)
    after = _live(scope)
    assert mine <= found, "its own passages are missing"
    assert before & after <= found, "passages of the other are missing"
    assert found <= before | (_published(scope) - known), "passages that the other replaced are still found"
    return len(found - mine)


def _published(scope: Scope) -> set[int]:
    """The passages of every version that is live or was."""
    passages = Passage.objects.filter(collection_id__in=scope.collection_ids)
    return set(passages.exclude(version__state=VersionState.DRAFT).values_list("pk", flat=True))


def _live(scope: Scope) -> set[int]:
    return set(live_passages(scope).values_list("pk", flat=True))


def _wait_for_the_other(collection: Collection) -> None:
    until = time.monotonic() + START_SECONDS
    while Document.objects.filter(collection=collection).count() < 2 and time.monotonic() < until:
        time.sleep(0.05)


if __name__ == "__main__":
    main(sys.argv[1])
