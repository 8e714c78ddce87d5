"""What every store must do. The tests of each store run it with the real engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pytest
from django.utils import timezone

from apps.accounts.models import Workspace
from apps.knowledge.index.embeddings import Vector, load_vectors
from apps.knowledge.index.live_passages import snapshot_of
from apps.knowledge.index.publishing import publish_version, retire_published
from apps.knowledge.index.scope import Scope
from apps.knowledge.index.stores.protocol import KnowledgeStore
from apps.knowledge.models import Collection, Document, DocumentVersion, Passage, Sentence
from apps.knowledge.selectors import scope_of
from apps.knowledge.tests.corpus import (
    ENCODER,
    Section,
    Words,
    collection_of,
    draft,
    made_up_documents,
    publish,
    scope_in_new_workspace,
)
from apps.models.inference.engine import get_encoder

K = 20


def question(seed: int) -> Vector:
    """Half of a sentence of the invented vocabulary: similar to some passages, equal to none."""
    vector: Vector = get_encoder(ENCODER).encode([Words(seed).sentence()])[0]
    return vector


def project(store: KnowledgeStore, versions: Iterable[DocumentVersion]) -> None:
    for version in versions:
        store.project(version.pk)


def filled(
    store: KnowledgeStore, slug: str, seed: int, documents: int, passages: int = 5
) -> tuple[Collection, Scope]:
    collection, scope = scope_in_new_workspace(slug)
    project(
        store, [publish(collection, *document) for document in made_up_documents(seed, documents, passages)]
    )
    return collection, scope


def true_nearest(scope: Scope, rows: Iterable[Passage | Sentence], query: Vector, k: int) -> set[int]:
    found = list(rows)
    vectors = load_vectors(scope.workspace_id, scope.encoder_digest, [row.text_hash for row in found])
    products = {row.pk: float(vectors[row.text_hash].astype(np.float64) @ query) for row in found}
    return set(sorted(products, key=lambda pk: -products[pk])[:k])


def passages_in(scope: Scope) -> list[Passage]:
    return list(Passage.objects.filter(collection__in=scope.collection_ids))


def sentences_in(scope: Scope) -> list[Sentence]:
    return list(Sentence.objects.filter(passage__collection__in=scope.collection_ids))


def everything(store: KnowledgeStore, scope: Scope) -> tuple[set[int], set[int]]:
    many = 100_000
    return set(near(store, scope, question(1), many)), set(said(store, scope, question(1), many))


def near(store: KnowledgeStore, scope: Scope, vector: Vector, k: int) -> list[int]:
    [found] = store.nearest_passages(snapshot_of(scope), vector[None], k)
    return found


def said(store: KnowledgeStore, scope: Scope, vector: Vector, k: int) -> dict[int, int]:
    [found] = store.nearest_sentences(snapshot_of(scope), vector[None], k)
    return found


@pytest.mark.django_db
class StoreContract:
    """The subclass provides the fixture `store`: an empty store."""

    def test_the_nearest_are_the_true_nearest(self, store: KnowledgeStore) -> None:
        _, scope = filled(store, "near", 3, 2, passages=75)
        for seed in range(20):
            query = question(seed)
            assert true_nearest(scope, passages_in(scope), query, K) <= set(near(store, scope, query, K))
            assert true_nearest(scope, sentences_in(scope), query, K) <= set(said(store, scope, query, K))

    def test_many_vectors_find_what_each_finds_alone(self, store: KnowledgeStore) -> None:
        _, scope = filled(store, "many", 8, 2, passages=75)
        queries = [question(seed) for seed in range(5)]
        passages = store.nearest_passages(snapshot_of(scope), np.stack(queries), 10)
        sentences = store.nearest_sentences(snapshot_of(scope), np.stack(queries), 10)
        assert [set(each) for each in passages] == [set(near(store, scope, query, 10)) for query in queries]
        assert sentences == [said(store, scope, query, 10) for query in queries]

    def test_a_small_workspace_beside_a_large_one_gets_its_own_nearest(self, store: KnowledgeStore) -> None:
        filled(store, "large", 4, 1, passages=495)
        _, small = filled(store, "small", 5, 1)
        for seed in range(10):
            query = question(seed)
            assert set(near(store, small, query, K)) == {row.pk for row in passages_in(small)}
            found = set(said(store, small, query, 10))
            assert true_nearest(small, sentences_in(small), query, 10) <= found

    def test_as_many_equals_as_there_are_places_do_not_hide_a_nearer_one(self, store: KnowledgeStore) -> None:
        collection, scope = scope_in_new_workspace("equals")
        same = publish(collection, "same.md", [["Every page ends so."]] * 50)
        other = publish(collection, "other.md", [["The zebra sleeps at noon."]])
        project(store, [same, other])
        vector = get_encoder(ENCODER).encode(["The zebra sleeps at noon."])[0]
        assert other.passages.get().pk in near(store, scope, vector, 3)
        assert len(near(store, scope, vector, 3)) >= 3

    def test_passages_that_hold_a_stem_are_all_found_and_no_others(self, store: KnowledgeStore) -> None:
        _, scope = filled(store, "words", 6, 2, passages=50)
        filled(store, "others", 6, 2, passages=50)
        rows = passages_in(scope)
        terms = sorted({term for row in rows for term in row.terms})
        for chosen in [[term] for term in terms[::10]] + [
            terms[3:9],
            ["1984", "401k"],
            ["日本語"],
            ["cafe", "strass"],
        ]:
            expected = {row.pk for row in rows if not row.terms.keys().isdisjoint(chosen)}
            assert store.matching_passages(snapshot_of(scope), chosen) == expected
        assert store.matching_passages(snapshot_of(scope), []) == set()
        assert store.matching_passages(snapshot_of(scope), ["nowhere"]) == set()

    def test_marks_of_query_languages_are_only_characters(self, store: KnowledgeStore) -> None:
        _, scope = filled(store, "marks", 6, 1)
        for term in ['"', "'", "\\", "a:b", "(x", "OR", "a*", "-a", "a&b", "%s", "{", "$scope", "';DROP"]:
            assert store.matching_passages(snapshot_of(scope), [term]) == set()

    def test_another_collection_of_the_workspace_is_not_searched(self, store: KnowledgeStore) -> None:
        workspace = Workspace.objects.create(slug="two", name="two")
        first, second = collection_of(workspace, "first"), collection_of(workspace, "second")
        versions = [publish(c, "a.md", [["Hats are worn."], ["Shoes too."]]) for c in (first, second)]
        project(store, versions)
        vector = question(1)
        mine = {row.pk for row in versions[0].passages.all()}
        assert set(near(store, scope_of(first), vector, K)) == mine
        assert store.matching_passages(snapshot_of(scope_of(first)), ["hat", "shoe"]) == mine
        both = replace(scope_of(first), collection_ids=(first.pk, second.pk))
        assert len(near(store, both, vector, K)) == 4

    def test_a_stranger_who_names_a_collection_of_another_workspace_finds_nothing(
        self, store: KnowledgeStore
    ) -> None:
        _, scope = filled(store, "theirs", 7, 2)
        _, mine = filled(store, "mine", 8, 1)
        forged = replace(scope, workspace_id=mine.workspace_id)
        start = passages_in(scope)[0]
        assert everything(store, forged) == (set(), set())
        assert store.matching_passages(snapshot_of(forged), list(start.terms)) == set()
        assert store.neighbours(snapshot_of(forged), [start.pk]) == set()

    def test_only_published_versions_of_documents_that_are_not_deleted_are_found(
        self, store: KnowledgeStore
    ) -> None:
        collection, scope = scope_in_new_workspace("life")
        first = publish(collection, "a.md", [["The first hat."]])
        project(store, [first])
        second = draft(collection, "a.md", [["The second hat."]])
        store.project(second.pk)
        assert store.matching_passages(snapshot_of(scope), ["hat"]) == {first.passages.get().pk}
        second.delete()
        second = publish(collection, "a.md", [["The second hat."]])
        project(store, [first, second])
        assert store.matching_passages(snapshot_of(scope), ["hat"]) == {second.passages.get().pk}
        assert everything(store, scope) == (
            {second.passages.get().pk},
            {second.passages.get().sentences.get().pk},
        )
        retire_published(second.document)
        Document.objects.filter(pk=second.document_id).update(deleted_at=timezone.now())
        project(store, [first, second])
        assert everything(store, scope) == (set(), set())
        assert store.matching_passages(snapshot_of(scope), ["hat"]) == set()
        Document.objects.filter(pk=second.document_id).update(deleted_at=None)
        again = DocumentVersion.objects.select_related("document").get(pk=second.pk)
        publish_version(again)
        project(store, [again])
        assert store.matching_passages(snapshot_of(scope), ["hat"]) == {again.passages.get().pk}
        assert len(everything(store, scope)[1]) == 1

    def test_neighbours_are_before_after_and_behind_links(self, store: KnowledgeStore) -> None:
        collection, scope = scope_in_new_workspace("around")
        sections: list[Section] = [[f"Part {n} of it."] for n in range(4)]
        one = publish(collection, "one.md", sections, links=["two.md", "missing.md"])
        two = publish(collection, "two.md", sections)
        project(store, [one, two])
        a, b = (list(version.passages.order_by("position")) for version in (one, two))
        assert store.neighbours(snapshot_of(scope), [a[0].pk]) == {a[1].pk, b[0].pk}
        assert store.neighbours(snapshot_of(scope), [a[2].pk]) == {a[1].pk, a[3].pk}
        assert store.neighbours(snapshot_of(scope), [b[3].pk, a[3].pk]) == {b[2].pk, a[2].pk}
        assert store.neighbours(snapshot_of(scope), []) == set()

    def test_a_link_leads_to_a_document_published_later_and_to_its_newest_version(
        self, store: KnowledgeStore
    ) -> None:
        collection, scope = scope_in_new_workspace("links")
        source = publish(collection, "one.md", [["It stands elsewhere."]], links=["two.md"])
        start = source.passages.get().pk
        store.project(source.pk)
        assert store.neighbours(snapshot_of(scope), [start]) == set()
        target = publish(collection, "two.md", [["Here."], ["More."]])
        store.project(target.pk)
        assert store.neighbours(snapshot_of(scope), [start]) == {target.passages.get(position=0).pk}
        newer = publish(collection, "two.md", [["Still here."]])
        project(store, [target, newer])
        assert store.neighbours(snapshot_of(scope), [start]) == {newer.passages.get().pk}

    def test_projecting_again_and_rebuilding_change_nothing(self, store: KnowledgeStore) -> None:
        collection, scope = filled(store, "again", 9, 5)
        versions = DocumentVersion.objects.filter(document__collection=collection)
        before = _answers(store, scope)
        project(store, versions)
        assert _answers(store, scope) == before
        assert store.rebuild() == Passage.objects.count()
        assert _answers(store, scope) == before

    def test_a_rebuild_brings_in_what_was_never_projected(self, store: KnowledgeStore) -> None:
        collection, scope = scope_in_new_workspace("lost")
        version = publish(collection, "a.md", [["A hat."]], links=["b.md"])
        other = publish(collection, "b.md", [["A shoe."]])
        store.rebuild()
        assert store.matching_passages(snapshot_of(scope), ["hat"]) == {version.passages.get().pk}
        assert store.neighbours(snapshot_of(scope), [version.passages.get().pk]) == {other.passages.get().pk}
        assert len(everything(store, scope)[1]) == 2


def _answers(store: KnowledgeStore, scope: Scope) -> list[object]:
    rows = passages_in(scope)
    ask: list[Callable[[], object]] = [
        *(lambda n=n: sorted(near(store, scope, question(n), 5)) for n in range(5)),
        *(lambda n=n: sorted(said(store, scope, question(n), 5)) for n in range(5)),
        *(lambda row=row: store.neighbours(snapshot_of(scope), [row.pk]) for row in rows),
        lambda: store.matching_passages(snapshot_of(scope), list(rows[0].terms)),
    ]
    return [answer() for answer in ask]
