"""Every selector of documents, called by the owner, a member, a stranger and a visitor."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import pytest
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Role, User
from apps.accounts.services import ensure_workspace, let_publish, set_role
from apps.accounts.viewer import NOBODY, Viewer
from apps.common.errors import NotFound
from apps.knowledge.ingestion.extraction import extract_draft
from apps.knowledge.ingestion.lease import claim
from apps.knowledge.models import Collection, Document
from apps.knowledge.selectors import (
    CollectionStats,
    collection_for,
    collection_stats,
    collections_for,
    document_for,
    documents_of,
    listed_collections,
    may_ask,
    scope_of,
    version_for,
)
from apps.knowledge.services import cancel_ingestion, delete_document, ensure_collection
from apps.knowledge.tests.files import LEAVE, TRAVEL, bring, collection_in, load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
Selector = Callable[[Viewer, "Cast"], object]


@dataclass(frozen=True)
class Cast:
    alice: Viewer
    bob: Viewer
    charlie: Viewer
    collection: Collection
    document: Document


SELECTORS: dict[str, Selector] = {
    "collection": lambda viewer, cast: collection_for(viewer, cast.collection.uid),
    "document": lambda viewer, cast: document_for(viewer, cast.document.uid),
    "version": lambda viewer, cast: version_for(viewer, cast.document.uid),
    "old version": lambda viewer, cast: version_for(viewer, cast.document.uid, 1),
}


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    """Alice owns acme, Bob is a member, Charlie owns another workspace with a file of the same name."""
    alice, bob, charlie = (User.objects.create_user(f"{name}@example.org", "pw") for name in ("a", "b", "c"))
    collection, other = collection_in("acme"), collection_in("other")
    set_role(alice, collection.workspace, Role.OWNER)
    set_role(bob, collection.workspace, Role.MEMBER)
    set_role(charlie, other.workspace, Role.OWNER)
    load(collection, "leave.md", TRAVEL)
    load(collection, "leave.md", LEAVE)
    load(other, "leave.md", TRAVEL)
    document = Document.objects.get(collection=collection)
    return Cast(Viewer(alice), Viewer(bob), Viewer(charlie), collection, document)


@pytest.mark.parametrize("selector", SELECTORS.values(), ids=SELECTORS)
def test_owner_and_member_pass(cast: Cast, selector: Selector) -> None:
    assert selector(cast.alice, cast)
    assert selector(cast.bob, cast)


@pytest.mark.parametrize("selector", SELECTORS.values(), ids=SELECTORS)
def test_stranger_and_visitor_find_nothing(cast: Cast, selector: Selector) -> None:
    for viewer in (cast.charlie, NOBODY, Viewer(visitor_key="k")):
        with pytest.raises(NotFound):
            selector(viewer, cast)


@pytest.mark.parametrize("selector", SELECTORS.values(), ids=SELECTORS)
def test_a_public_collection_is_open_to_all(cast: Cast, selector: Selector) -> None:
    let_publish(cast.collection.workspace)
    ensure_collection(cast.collection.workspace, "docs", is_public=True)
    for viewer in (cast.charlie, NOBODY, Viewer(visitor_key="k")):
        assert selector(viewer, cast)


@pytest.mark.parametrize("selector", SELECTORS.values(), ids=SELECTORS)
def test_public_means_nothing_outside_an_operators_workspace(cast: Cast, selector: Selector) -> None:
    ensure_collection(cast.collection.workspace, "docs", is_public=True)
    with pytest.raises(NotFound):
        selector(cast.charlie, cast)


def test_only_an_editor_may_change(cast: Cast) -> None:
    let_publish(cast.collection.workspace)
    ensure_collection(cast.collection.workspace, "docs", is_public=True)
    assert collection_for(cast.alice, cast.collection.uid, editing=True) == cast.collection
    for viewer in (cast.bob, cast.charlie, NOBODY):
        assert cast.collection not in collections_for(viewer, editing=True)
        with pytest.raises(NotFound):
            collection_for(viewer, cast.collection.uid, editing=True)


@pytest.mark.parametrize(("public", "operators"), [(False, False), (True, False), (True, True)])
def test_the_rule_for_one_collection_is_the_rule_of_the_list(
    cast: Cast, public: bool, operators: bool
) -> None:
    if operators:
        let_publish(cast.collection.workspace)
    Collection.objects.filter(pk=cast.collection.pk).update(is_public=public)
    editor = User.objects.create_user("editor@example.org", "x")
    set_role(editor, cast.collection.workspace, Role.EDITOR)
    viewers = (
        cast.alice, cast.bob, cast.charlie, Viewer(editor), NOBODY, Viewer(visitor_key="k")
    )  # fmt: skip
    for viewer, collection, editing in product(viewers, Collection.objects.all(), (False, True)):
        listed = collection in collections_for(viewer, editing=editing)
        assert may_ask(viewer, collection, editing=editing) == listed


def test_lists_hold_ones_own_only(cast: Cast) -> None:
    assert list(collections_for(cast.alice)) == [cast.collection]
    assert [row.workspace.slug for row in collections_for(cast.charlie)] == ["other"]
    assert not collections_for(NOBODY).exists()
    assert list(documents_of(cast.collection)) == [cast.document]


def test_collections_are_listed_with_what_they_hold(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    empty = ensure_collection(cast.collection.workspace, "empty")
    stats = collection_stats(cast.collection)
    assert (stats.documents, stats.passages) == (1, 1)
    assert stats.changed_at is not None
    assert collection_stats(empty) == CollectionStats(0, 0, None)
    with django_assert_num_queries(1):
        listed = listed_collections(cast.alice)
    assert {entry.uid: entry.stats for entry in listed} == {
        cast.collection.uid: stats,
        empty.uid: CollectionStats(),
    }


def test_deleting_is_a_change(cast: Cast) -> None:
    before = collection_stats(cast.collection)
    delete_document(cast.document)
    after = collection_stats(cast.collection)
    assert (after.documents, after.passages) == (0, 0)
    assert before.changed_at
    assert after.changed_at
    assert after.changed_at > before.changed_at


def test_a_scope_is_the_collection_and_no_more(cast: Cast) -> None:
    scope = scope_of(cast.collection)
    assert (scope.workspace_id, scope.collection_ids) == (cast.collection.workspace_id, (cast.collection.pk,))
    assert scope.encoder_digest == cast.collection.encoder_digest


def test_deleted_missing_and_draft_are_alike(cast: Cast) -> None:
    with pytest.raises(NotFound):
        version_for(cast.alice, cast.document.uid, 99)
    with pytest.raises(NotFound):
        document_for(cast.alice, uuid.uuid4())
    delete_document(cast.document)
    with pytest.raises(NotFound):
        document_for(cast.alice, cast.document.uid)
    assert not documents_of(cast.collection).exists()


def test_a_file_that_was_never_published_is_no_document(cast: Cast) -> None:
    before = listed_collections(cast.alice)
    claimed = claim(bring(cast.collection, "later.md", TRAVEL).pk)
    assert claimed is not None
    extract_draft(claimed)
    cancel_ingestion(claimed)
    assert Document.objects.filter(path="later.md").exists()
    assert listed_collections(cast.alice) == before
    assert list(documents_of(cast.collection)) == [cast.document]


def test_tenants_with_the_same_names_stay_apart(cast: Cast) -> None:
    acme, other = (ensure_workspace(slug) for slug in ("acme", "other"))
    texts = {
        row.workspace_id: row.versions.get(state="published").text
        for row in Document.objects.filter(path="leave.md", workspace__in=(acme, other))
    }
    assert "25 days" in texts[acme.pk]
    assert "trains" in texts[other.pk]
