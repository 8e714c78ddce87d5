"""Files that are sent in parts."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from apps.api.models import PartialUpload
from apps.api.partial_uploads import erase_old_uploads
from apps.api.tests.calling import Caller, address, person
from apps.chat.tests.cast import Cast, make_cast
from apps.knowledge.models import Ingestion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
CONTENT = b"# Gate\n\nThe gate is never locked.\n"


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    return make_cast()


def send(caller: Caller, upload: str, offset: int, part: bytes) -> Any:
    path, kind = address(f"uploads/{upload}?offset={offset}"), "application/octet-stream"
    return Client().patch(path, part, content_type=kind, headers=caller.headers)


def begun(caller: Caller, cast: Cast, path: str = "gate.md", size: int = len(CONTENT)) -> Any:
    return caller("POST", f"collections/{cast.private.uid}/uploads", {"path": path, "size": size})


def test_parts_are_joined_and_none_counts_twice(cast: Cast) -> None:
    alice = person(cast.alice)
    upload = begun(alice, cast).json()["id"]
    assert send(alice, upload, 0, CONTENT[:9]).json()["offset"] == 9
    assert send(alice, upload, 0, CONTENT[:9]).status_code == 409  # its response was lost
    assert send(alice, upload, 10, CONTENT[10:]).status_code == 409
    assert send(alice, upload, 9, CONTENT[9:] + b"more").status_code == 400
    assert alice("GET", f"uploads/{upload}").json()["offset"] == 9
    parts = PartialUpload.objects.get().parts
    done = [send(alice, upload, 9, CONTENT[9:]).json() for _ in range(2)]
    ingestion = Ingestion.objects.get(uid=done[0]["ingestion_id"])
    with default_storage.open(ingestion.original) as original:
        assert original.read() == CONTENT
    assert (done[0], ingestion.path, ingestion.uploaded_by) == (done[1], "gate.md", cast.alice)
    assert not any(default_storage.exists(name) for name in parts)


def test_what_would_be_refused_is_refused_at_the_beginning(cast: Cast) -> None:
    alice = person(cast.alice)
    assert begun(alice, cast, "gate.exe").json()["code"] == "invalid"
    assert begun(alice, cast, size=1 << 40).json()["code"] == "invalid"
    assert not PartialUpload.objects.exists()


def test_what_is_not_completed_is_erased(cast: Cast) -> None:
    alice = person(cast.alice)
    upload = begun(alice, cast).json()["id"]
    send(alice, upload, 0, CONTENT[:9])
    [name] = PartialUpload.objects.get().parts
    PartialUpload.objects.update(expires_at=timezone.now())
    assert alice("GET", f"uploads/{upload}").status_code == 404
    assert erase_old_uploads() == 1
    assert not default_storage.exists(name)
