"""Two hundred questions, ranked alike through any store, before and after it was rebuilt: ids, order and scores."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from apps.knowledge.config import retrieval_config
from apps.knowledge.index import cache
from apps.knowledge.index.scope import Scope
from apps.knowledge.index.stores.protocol import KnowledgeStore
from apps.knowledge.models import DocumentVersion
from apps.knowledge.search.results import RankedPassage
from apps.knowledge.search.retrieval import retrieve_from
from apps.knowledge.tests.corpus import Words, made_up_documents, publish, scope_in_new_workspace
from apps.knowledge.tests.reference_store import ReferenceStore

QUESTIONS = 200


def collection_with_links(store: KnowledgeStore) -> Scope:
    """More passages than a question may nominate, some of them replaced, some equal."""
    collection, scope = scope_in_new_workspace("ranked")
    documents = list(made_up_documents(21, 6, passages=60))
    paths = [path for path, _ in documents]
    for (path, sections), target in zip(documents, [*paths[1:], paths[0]], strict=True):
        publish(collection, path, sections, links=[target, "nowhere.md"])
    publish(
        collection, paths[0], [*documents[0][1], ["Written again."], *documents[1][1][:5]], links=[paths[2]]
    )
    for version in DocumentVersion.objects.order_by("pk"):
        store.project(version.pk)
    return scope


def questions() -> list[str]:
    words = Words(22)
    return [words.sentence(3 + number % 9) for number in range(QUESTIONS)]


def ranked(store: KnowledgeStore, scope: Scope, asked: Sequence[str]) -> list[tuple[RankedPassage, ...]]:
    cache.clear_cache()
    return [found.passages for found in retrieve_from(store, scope, asked)]


@pytest.mark.django_db
@pytest.mark.timeout(300)
class RankingContract:
    """The subclass gives the fixture `store`: an empty one of its kind."""

    def test_two_hundred_questions_are_ranked_alike_before_and_after_a_rebuild(
        self, store: KnowledgeStore
    ) -> None:
        scope = collection_with_links(store)
        asked = questions()
        expected = ranked(ReferenceStore(), scope, asked)
        assert ranked(store, scope, asked) == expected
        store.rebuild()
        assert ranked(store, scope, asked) == expected
        assert {len(passages) for passages in expected} == {retrieval_config().ranked}
        assert len({passages[0].passage_id for passages in expected}) > QUESTIONS / 4
