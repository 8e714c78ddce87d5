from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from pytest_django import Settings

from apps.accounts.services import ensure_workspace
from apps.knowledge.documents.originals import local_original, store_original

CONTENT = b"the bytes of a file"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Elsewhere(Storage):
    """A storage without local files, like an object store."""

    def _open(self, name: str, mode: str = "rb") -> ContentFile[bytes]:
        return ContentFile(CONTENT)


@pytest.mark.django_db
def test_addressed_by_workspace_and_content() -> None:
    workspace = ensure_workspace("acme")
    original = store_original(workspace, io.BytesIO(CONTENT))
    assert original.name == f"{workspace.uid}/{SHA256[:2]}/{SHA256}"
    assert (original.sha256, original.size) == (SHA256, len(CONTENT))
    with local_original(original.name) as path:
        assert path.read_bytes() == CONTENT


@pytest.mark.django_db
def test_stored_once_for_each_workspace() -> None:
    first, again, other = (
        store_original(ensure_workspace(slug), io.BytesIO(CONTENT)) for slug in ("acme", "acme", "other")
    )
    assert first == again
    assert other.name != first.name
    assert default_storage.exists(other.name)


def test_a_storage_elsewhere_is_copied(settings: Settings) -> None:
    elsewhere = {"BACKEND": f"{__name__}.Elsewhere"}
    settings.STORAGES = settings.STORAGES | {"default": elsewhere}
    with local_original("a/b") as path:
        assert Path(path).read_bytes() == CONTENT
    assert not path.exists()
