from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.tests.second_factors import give_app
from apps.knowledge.faq.entries import FaqFields, save_entry
from apps.knowledge.models import Collection, Document, DocumentVersion, FaqEntry, Ingestion
from apps.knowledge.tests.files import LEAVE, collection_in, load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
MODELS = [Collection, Document, DocumentVersion, FaqEntry, Ingestion]
Row = type[Collection] | type[Document] | type[DocumentVersion] | type[FaqEntry] | type[Ingestion]


@pytest.fixture
def support(fake_encoder: None, client: Client) -> Client:
    load(collection_in(), "leave.md", LEAVE)
    sam = User.objects.create_superuser("sam@example.org", "pw")
    give_app(sam)
    save_entry(collection_in(), FaqFields(("How much leave?",), "You get 25 days."), author=sam)
    client.force_login(sam)
    return client


@pytest.mark.parametrize("model", MODELS)
def test_lists_and_rows_are_shown(support: Client, model: Row) -> None:
    name = f"admin:{model._meta.label_lower.replace('.', '_')}"
    assert support.get(reverse(f"{name}_changelist")).status_code == 200
    row = model._default_manager.get()
    page = support.get(reverse(f"{name}_change", args=[row.pk]))
    assert page.status_code == 200
    assert b"25 days" not in page.content


@pytest.mark.parametrize("model", [Document, DocumentVersion, FaqEntry, Ingestion])
def test_documents_change_through_ingestion_only(support: Client, model: Row) -> None:
    """A document can be deleted, by the service."""
    name = f"admin:{model._meta.label_lower.replace('.', '_')}"
    row = model._default_manager.get()
    assert support.get(reverse(f"{name}_add")).status_code == 403
    assert support.post(reverse(f"{name}_change", args=[row.pk]), {"path": "x"}).status_code == 403
    if model is not Document:
        assert support.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()
