"""The command: statistics and index made again from the passages alone."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django import Settings

from apps.knowledge.index.stores.factory import get_store
from apps.knowledge.models import CollectionStatistic, TermStatistic
from apps.knowledge.search.retrieval import retrieve
from apps.knowledge.tests.corpus import made_up_documents, publish, scope_in_new_workspace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


def test_damaged_statistics_are_counted_again() -> None:
    collection, scope = scope_in_new_workspace("counted")
    for document in made_up_documents(31, 3):
        publish(collection, *document)
    publish(collection, "31-0.md", [["Written again."]])
    counted = dict(TermStatistic.objects.values_list("term", "passages"))
    totals = CollectionStatistic.objects.values_list("passages", "terms").get()
    before = retrieve(scope, ["Written again?"])[0].passages
    TermStatistic.objects.update(passages=1)
    CollectionStatistic.objects.update(passages=1)
    call_command("rebuild_graph", stdout=StringIO())
    assert dict(TermStatistic.objects.values_list("term", "passages")) == counted
    assert CollectionStatistic.objects.values_list("passages", "terms").get() == totals
    assert retrieve(scope, ["Written again?"])[0].passages == before


def test_it_says_what_it_did() -> None:
    collection, _ = scope_in_new_workspace("said")
    publish(collection, "a.md", [["A hat."], ["A shoe."]])
    out = StringIO()
    call_command("rebuild_graph", "--json", stdout=out)
    done = json.loads(out.getvalue())
    assert (done["store"], done["passages"]) == ("local", 2)


def test_the_store_is_the_one_that_the_settings_name(settings: Settings) -> None:
    get_store.cache_clear()
    settings.QUOTH_STORE = "elsewhere"
    with pytest.raises(Exception, match="'local' or 'neo4j'"):
        get_store()
