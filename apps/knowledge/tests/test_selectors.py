"""Every door to documents, tried by its owner, a member, a stranger and a visitor."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import pytest

from apps.accounts.models import Role, User
from apps.accounts.services import ensure_workspace, let_publish, set_role
from apps.accounts.viewer import NOBODY, Viewer
from apps.common.errors import NotFound
from apps.knowledge.ingestion.extraction import extract_draft
from apps.knowledge.ingestion.lease import claim
from apps.knowledge.models import Collection, Document
from apps.knowledge.pages.listings import collection_entries
from apps.knowledge.selectors import (
    collection_for,
    collections_for,
    document_for,
    documents_of,
    may_ask,
    scope_of,
    version_for,
)
from apps.knowledge.services import cancel_ingestion, delete_document, ensure_collection
from apps.knowledge.tests.files import LEAVE, TRAVEL, bring, collection_in, load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
Door = Callable[[Viewer, "Cast"], object]


@dataclass(frozen=True)
class Cast:
    alice: Viewer
    bob: Viewer
    charlie: Viewer
    collection: Collection
    document: Document


DOORS: dict[str, Door] = {
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


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_owner_and_member_pass(cast: Cast, door: Door) -> None:
    assert door(cast.alice, cast)
    assert door(cast.bob, cast)


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_stranger_and_visitor_find_nothing(cast: Cast, door: Door) -> None:
    for viewer in (cast.charlie, NOBODY, Viewer(visitor_key="k")):
        with pytest.raises(NotFound):
            door(viewer, cast)


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_a_public_collection_is_open_to_all(cast: Cast, door: Door) -> None:
    let_publish(cast.collection.workspace)
    ensure_collection(cast.collection.workspace, "docs", is_public=True)
    for viewer in (cast.charlie, NOBODY, Viewer(visitor_key="k")):
        assert door(viewer, cast)


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_public_means_nothing_outside_an_operators_workspace(cast: Cast, door: Door) -> None:
    ensure_collection(cast.collection.workspace, "docs", is_public=True)
    with pytest.raises(NotFound):
        door(cast.charlie, cast)


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
    before = [(entry.uid, entry.documents) for entry in collection_entries(cast.alice)]
    claimed = claim(bring(cast.collection, "later.md", TRAVEL).pk)
    assert claimed is not None
    extract_draft(claimed)
    cancel_ingestion(claimed)
    assert Document.objects.filter(path="later.md").exists()
    assert [(entry.uid, entry.documents) for entry in collection_entries(cast.alice)] == before
    assert list(documents_of(cast.collection)) == [cast.document]


def test_tenants_with_the_same_names_stay_apart(cast: Cast) -> None:
    acme, other = (ensure_workspace(slug) for slug in ("acme", "other"))
    texts = {
        row.workspace_id: row.versions.get(state="published").text
        for row in Document.objects.filter(path="leave.md", workspace__in=(acme, other))
    }
    assert "25 days" in texts[acme.pk]
    assert "trains" in texts[other.pk]
