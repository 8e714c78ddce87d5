"""Who may call what: every operation times every kind of caller. An operation without a row fails."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.viewer import Viewer
from apps.api.models import PartialUpload
from apps.api.operations import operation_of
from apps.api.partial_uploads import begin_upload
from apps.api.tests.calling import PROBLEM, Caller, key, person
from apps.api.urls import urlpatterns
from apps.chat.tests.cast import Cast, make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]

# The owner last: some of the calls use a row up.
CALLERS = (
    "anonymous",
    "stranger",
    "member",
    "staff",
    "read key",
    "ask key",
    "write key",
    "other key",
    "owner",
)
UPLOAD = uuid.UUID(int=7)
ALL = (401, 200, 200, 200, 200, 200, 200, 200, 200)
READ = (401, 404, 200, 404, 200, 403, 403, 404, 200)
LISTS = (401, 200, 200, 200, 200, 403, 403, 200, 200)  # which contain what the caller may see
OWN = (401, 404, 404, 404, 403, 404, 403, 404, 200)  # conversations are their asker's alone


def edits(status: int) -> tuple[int, ...]:
    return (401, 404, 404, 404, 403, 403, status, 404, status)


def people(status: int) -> tuple[int, ...]:
    return (401, status, status, status, 403, 403, 403, 403, status)


@dataclass(frozen=True)
class Row:
    """`expected` is a status for each of CALLERS."""

    method: str
    path: str
    expected: tuple[int, ...]
    body: dict[str, object] | None = None


TABLE = {
    "get_me": Row("GET", "me", ALL),
    "update_me": Row("PATCH", "me", people(200), {"name": "New"}),
    "list_workspaces": Row("GET", "workspaces", ALL),
    "sign_in": Row("POST", "sessions", (401,) * 9, {"email": "a@example.org", "password": "wrong"}),
    "confirm_sign_in": Row("POST", "sessions/second-factor", (401,) * 9, {"code": "000000"}),
    "create_socket_ticket": Row("POST", "socket-tickets", people(201), {}),
    "list_collections": Row("GET", "collections", LISTS),
    "create_collection": Row(
        "POST",
        "collections",
        (401, 404, 404, 404, 403, 403, 201, 404, 201),
        {"name": "{new}", "workspace_id": "{workspace}"},
    ),
    "get_collection": Row("GET", "collections/{collection}", READ),
    "list_documents": Row("GET", "collections/{collection}/documents", READ),
    "list_ingestions": Row("GET", "collections/{collection}/files", edits(200)),
    "upload_file": Row("POST", "collections/{collection}/files", edits(201)),
    "begin_upload": Row(
        "POST", "collections/{collection}/uploads", edits(201), {"path": "{new}.md", "size": 9}
    ),
    "get_upload": Row("GET", "uploads/{upload}", edits(200)),
    "send_part": Row("PATCH", "uploads/{upload}?offset=0", edits(415), {}),
    "cancel_upload": Row("DELETE", "uploads/{upload}", (401, 404, 404, 404, 403, 403, 204, 404, 404)),
    "get_ingestion": Row("GET", "ingestions/{failed}", edits(200)),
    "retry_ingestion": Row("POST", "ingestions/{failed}/retry", edits(201), {}),
    "cancel_ingestion": Row("DELETE", "ingestions/{failed}", edits(204)),
    "get_document": Row("GET", "documents/{document}", READ),
    "list_versions": Row("GET", "documents/{document}/versions", READ),
    "list_sections": Row("GET", "documents/{document}/versions/1/sections", READ),
    "get_section": Row("GET", "documents/{document}/versions/1/sections/1", READ),
    "get_original": Row("GET", "documents/{document}/versions/1/original", READ),
    "ask_question": Row(
        "POST",
        "questions",
        (401, 404, 202, 404, 403, 202, 403, 404, 202),
        {"text": "How much leave?", "collection_id": "{collection}"},
    ),
    "get_answer": Row("GET", "answers/{answer}", OWN),
    "get_source": Row("GET", "answers/{answer}/sources/1", OWN),
    "get_proof": Row("GET", "answers/{answer}/proof", OWN),
    "list_conversations": Row("GET", "conversations", (401, 200, 200, 200, 403, 200, 403, 200, 200)),
    "get_conversation": Row("GET", "conversations/{conversation}", OWN),
    "update_conversation": Row(
        "PATCH", "conversations/{conversation}", OWN, {"title": "New", "pinned": True}
    ),
    "list_turns": Row("GET", "conversations/{conversation}/turns", OWN),
    "export_conversation": Row("GET", "conversations/{conversation}/export", OWN),
    "search_conversations": Row("GET", "search?q=leave", (401, 200, 200, 200, 403, 200, 403, 200, 200)),
    "restore_conversation": Row("POST", "conversations/{conversation}/restore", OWN, {}),
    "delete_conversation": Row("DELETE", "conversations/{conversation}", (*OWN[:-1], 204)),
    "delete_document": Row("DELETE", "documents/{document}", (401, 404, 404, 404, 403, 403, 204, 404, 404)),
    "sign_out": Row("DELETE", "sessions/current", people(204)),
}


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    made = make_cast()
    begin_upload(Viewer(user=made.alice), made.private, "begun.md", 9)
    PartialUpload.objects.update(uid=UPLOAD)
    return made


@pytest.fixture
def callers(cast: Cast) -> dict[str, Caller]:
    home, other = cast.private.workspace, cast.charlie.memberships.get().workspace
    return {
        "anonymous": Caller(),
        "stranger": person(cast.charlie),
        "member": person(cast.bob),
        "staff": person(cast.sam),
        "read key": key(cast.alice, home, "read"),
        "ask key": key(cast.alice, home, "ask"),
        "write key": key(cast.alice, home, "write"),
        "other key": key(cast.charlie, other, "read", "ask", "write"),
        "owner": person(cast.alice),
    }


def test_every_operation_has_a_row() -> None:
    assert set(TABLE) == set(_operations())


def test_every_cell(cast: Cast, callers: dict[str, Caller]) -> None:
    """In the order of the table: what its last rows delete is needed by the others."""
    cache.clear()  # of limits that other tests have used up
    found = {}
    for name, row in TABLE.items():
        answers = [_call(row, callers[who], cast, who) for who in CALLERS]
        found[name] = tuple(answer.status_code for answer in answers)
        for answer in answers:
            if answer.status_code >= 400:
                assert answer["Content-Type"] == PROBLEM
                assert json.loads(answer.content)["status"] == answer.status_code
    assert found == {name: row.expected for name, row in TABLE.items()}


def test_a_stranger_is_told_what_is_told_of_a_missing_one(cast: Cast, callers: dict[str, Caller]) -> None:
    for row in TABLE.values():
        if "{" in row.path:
            hidden = _call(row, callers["stranger"], cast, "")
            missing = _call(row, callers["stranger"], None, "")
            assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content)


def test_lists_are_the_callers_own(cast: Cast, callers: dict[str, Caller]) -> None:
    def names(who: str) -> set[str]:
        return {each["name"] for each in json.loads(callers[who]("GET", "collections").content)["items"]}

    assert names("owner") == {"Staff handbook", "Guide"}
    assert names("stranger") == {"Guide"}
    assert names("read key") == {"Staff handbook"}
    assert names("other key") == set()


def _operations() -> Iterator[str]:
    for pattern in urlpatterns:
        for method in ("get", "post", "patch", "put", "delete"):
            found = operation_of(getattr(pattern.callback, "cls", None), method)
            if found:
                yield found.name


def _call(row: Row, caller: Caller, cast: Cast | None, who: str) -> Any:
    values = _values(cast) | {"new": f"Of the {who}"}
    path = row.path.format(**values)
    if row.body is None and row.method == "POST":
        return caller.send_file(path, {"file": SimpleUploadedFile(f"{who}.md", b"# New\n\nNew words.\n")})
    body = row.body and {
        name: value.format(**values) if isinstance(value, str) else value for name, value in row.body.items()
    }
    return caller(row.method, path, body)


def _values(cast: Cast | None) -> dict[str, object]:
    """The ids of addresses; without a cast, of nothing."""
    names = ("workspace", "collection", "document", "failed", "conversation", "answer", "upload")
    if cast is None:
        return {name: uuid.uuid4() for name in names}
    rows = cast.private.workspace, cast.private, cast.version.document, cast.failed, cast.answer.conversation
    return dict(zip(names, [*(row.uid for row in rows), cast.answer.uid, UPLOAD], strict=True))
