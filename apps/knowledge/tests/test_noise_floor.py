"""The noise floor is measured once for each store version, and only from the passages of the tenant."""

from __future__ import annotations

import numpy as np
import pytest

from apps.knowledge.config import noise_floor_config
from apps.knowledge.index.live_passages import snapshot_of
from apps.knowledge.index.stores.factory import get_store
from apps.knowledge.search.noise_floor import noise_floor_of
from apps.knowledge.search.retrieval import retrieve
from apps.knowledge.tests.corpus import made_up_documents, publish, scope_in_new_workspace
from apps.models.inference.engine import get_encoder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


def test_it_is_the_quantile_of_the_nearest_sentences() -> None:
    collection, scope = scope_in_new_workspace("level")
    sentences = ["The sky is blue.", "Dogs dream of rice.", "A scarf is knitted."]
    publish(collection, "a.md", [sentences])
    encoder = get_encoder("fake")
    said = encoder.encode([f"a. Part 0\n{text}" for text in sentences])
    nearest = (encoder.encode(noise_floor_config().off_topic) @ said.T).max(axis=1)
    found = noise_floor_of(get_store(), snapshot_of(scope))
    assert found == pytest.approx(float(np.quantile(nearest, noise_floor_config().quantile)), abs=1e-5)


def test_more_sentences_raise_it_and_a_new_store_version_is_measured_again() -> None:
    collection, scope = scope_in_new_workspace("grows")
    publish(collection, "a.md", [["Nothing of that kind."]])
    before = retrieve(scope, ["Anything?"])[0].evidence.noise_floor
    for document in made_up_documents(3, 2):
        publish(collection, *document)
    publish(collection, "b.md", [noise_floor_config().off_topic])
    assert before < 0.5 < retrieve(scope, ["Anything?"])[0].evidence.noise_floor


def test_another_tenants_passages_do_not_count() -> None:
    theirs, _ = scope_in_new_workspace("theirs")
    publish(theirs, "b.md", [noise_floor_config().off_topic])
    mine, scope = scope_in_new_workspace("mine")
    publish(mine, "a.md", [["Nothing of that kind."]])
    assert retrieve(scope, ["Anything?"])[0].evidence.noise_floor < 0.5


def test_an_empty_collection_has_none() -> None:
    _, scope = scope_in_new_workspace("empty")
    assert noise_floor_of(get_store(), snapshot_of(scope)) == 0.0
