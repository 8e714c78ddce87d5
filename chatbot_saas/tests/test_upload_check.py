"""A large upload is refused before its body is read: who may send it, from where, and whether there is room."""

from __future__ import annotations

import errno
import re
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.routing import get_default_application
from django.conf import settings as django_settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from apps.accounts.api_keys import NewKey, make_key
from apps.accounts.models import Role, User
from apps.accounts.services import ensure_workspace, register, set_role
from apps.chat.tests.cast import client_of
from apps.common.disk_space import storage_config
from apps.knowledge.config import upload_config
from apps.knowledge.documents import quota
from apps.knowledge.models import Collection, Ingestion
from apps.knowledge.services import ensure_collection
from chatbot_saas.serving.http_application import SMALL
from chatbot_saas.tests.exchange import Exchange, request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fake_encoder")]
ORIGIN = "http://localhost"
CONTENT = b"# Leave\n\n" + b"You get 25 days of leave a year.\n\n" * (SMALL // 30)
BORDER = "border"


@dataclass(frozen=True)
class Sender:
    client: Client
    collection: uuid.UUID
    origin: str = ""
    token_in_header: bool = False
    token_in_body: bool = False
    wrong_token: bool = False
    accept: str = "application/json"
    field: str = "files"
    content: bytes = CONTENT
    pieces: int = 1
    end: bytes = f"\r\n--{BORDER}--\r\n".encode()

    def exchange(self, *, announced: bool = True) -> Exchange:
        token = self._token()
        head = (
            f'--{BORDER}\r\nContent-Disposition: form-data; name="{self.field}"; filename="leave.md"\r\n\r\n'
        )
        field = f'--{BORDER}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
        step = -(-len(self.content) // self.pieces)
        parts = [
            (field if self.token_in_body else "").encode(),
            head.encode(),
            *(self.content[start : start + step] for start in range(0, len(self.content), step)),
            self.end,
        ]
        headers = {
            "content_type": f"multipart/form-data; boundary={BORDER}",
            "cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in self.client.cookies.items()),
            "accept": self.accept,
        }
        if self.origin:
            headers["origin"] = self.origin
        if self.token_in_header:
            headers["x_csrftoken"] = "x" * 64 if self.wrong_token else token
        path = reverse("upload", args=[self.collection])
        return request("POST", path, parts=[part for part in parts if part], announced=announced, **headers)

    def _token(self) -> str:
        page = self.client.get("/accounts/login/" if self.client.session.is_empty() else "/").content.decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        if found:
            return found[1]
        return self.client.cookies[django_settings.CSRF_COOKIE_NAME].value


@pytest.fixture(autouse=True)
def _nothing_is_counted_yet() -> None:
    """Workspaces of other tests had the same numbers."""
    quota._counted.clear()


@pytest.fixture
def alice(transactional_db: None) -> User:
    return register("alice@example.org", password="x")


@pytest.fixture
def collection(alice: User, fake_encoder: None) -> Collection:
    home = ensure_workspace("acme")
    set_role(alice, home, Role.OWNER)
    return ensure_collection(home, "docs")


@pytest.fixture
def editor(alice: User, collection: Collection) -> Sender:
    return Sender(client_of(alice), collection.uid, token_in_header=True)


async def send(sender: Sender, **options: Any) -> Exchange:
    exchange = await sync_to_async(sender.exchange)(**options)
    return await exchange.run(get_default_application())


def member_of(collection: Collection, role: Role | None) -> Client:
    user = register(f"{uuid.uuid4().hex}@example.org", password="x")
    if role:
        set_role(user, collection.workspace, role)
    return client_of(user)


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading the body fails the test."""
    monkeypatch.setattr("chatbot_saas.serving.http_application.read_to_disk", None)


async def test_a_large_file_of_an_editor_arrives(editor: Sender, collection: Collection) -> None:
    answer = await send(editor)
    assert answer.status == 201, answer.body
    assert await Ingestion.objects.filter(collection=collection, original_bytes=len(CONTENT)).acount() == 1
    assert list(django_settings.INCOMING.iterdir()) == []


async def test_a_large_file_without_an_announced_length_arrives(
    editor: Sender, collection: Collection
) -> None:
    answer = await send(editor, announced=False)
    assert (answer.status, answer.json["received"]) == (201, 1)
    assert await Ingestion.objects.filter(collection=collection, original_bytes=len(CONTENT)).acount() == 1


@pytest.mark.parametrize("content", [b"small", CONTENT])
async def test_a_file_without_an_announced_length_counts_for_the_quota(
    editor: Sender, collection: Collection, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    limit = upload_config().workspace_mb << 20
    monkeypatch.setattr("apps.knowledge.documents.quota.stored_bytes", lambda workspace: limit)
    refused = await send(replace(editor, content=content), announced=False)
    assert (refused.status, refused.json["code"]) == (413, "quota")


async def test_a_body_without_an_announced_length_stops_at_the_quota(
    editor: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it arrives, and not only at its end."""
    monkeypatch.setattr("chatbot_saas.serving.request_body.CHECK_BYTES", 1000)
    limit = upload_config().workspace_mb << 20
    monkeypatch.setattr("apps.knowledge.documents.quota.stored_bytes", lambda workspace: limit - 2500)
    answered = list[int]()
    exchange = await sync_to_async(replace(editor, pieces=100).exchange)(announced=False)
    write = exchange._send

    async def note(message: dict[str, Any]) -> None:
        answered.append(exchange.taken)
        await write(message)

    monkeypatch.setattr(exchange, "_send", note)
    await exchange.run(get_default_application())
    assert (exchange.status, exchange.json["code"]) == (413, "quota")
    assert answered[0] < 10


async def test_a_form_that_was_cut_off_is_refused(editor: Sender) -> None:
    refused = await send(replace(editor, end=b""))
    assert (refused.status, refused.json["code"]) == (400, "invalid")
    assert "Send it again" in refused.json["detail"]
    assert (await send(replace(editor, end=b""), announced=False)).status == 400
    assert (await send(replace(editor, end=b"", content=b"small"))).status == 400
    assert not await Ingestion.objects.aexists()
    assert list(django_settings.INCOMING.iterdir()) == []


async def test_an_upload_without_a_file_is_refused(editor: Sender) -> None:
    refused = await send(replace(editor, field="other"), announced=False)
    assert (refused.status, refused.json["detail"]) == (400, "Choose a file first.")


async def test_a_form_without_script_comes_from_the_sites_own_origin(editor: Sender) -> None:
    form = replace(editor, token_in_header=False, token_in_body=True, accept="text/html")
    assert (await send(replace(form, origin=ORIGIN))).status == 302


async def test_a_form_without_script_may_come_from_a_trusted_subdomain(
    editor: Sender, settings: Settings
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://*.example.org"]
    form = replace(editor, token_in_header=False, token_in_body=True, accept="text/html")
    assert (await send(replace(form, origin="https://docs.example.org"))).status == 302


async def test_django_still_asks_for_the_token_in_the_body(editor: Sender) -> None:
    assert (await send(replace(editor, token_in_header=False, origin=ORIGIN))).status == 403


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize(
    "changes",
    [
        {"token_in_header": False},
        {"token_in_header": False, "token_in_body": True},
        {"token_in_header": False, "token_in_body": True, "origin": "https://evil.example"},
        {"token_in_header": False, "token_in_body": True, "origin": "null"},
        {"wrong_token": True},
        {"wrong_token": True, "origin": ORIGIN},
        {"origin": "https://evil.example"},
    ],
)
async def test_another_sites_upload_is_refused(editor: Sender, changes: dict[str, Any]) -> None:
    refused = await send(replace(editor, **changes))
    assert (refused.status, refused.headers["connection"]) == (403, "close")
    assert refused.json["detail"].startswith("This page has expired.")
    assert refused.headers["content-security-policy"]


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize(("role", "status"), [(None, 404), (Role.MEMBER, 404)])
async def test_whoever_may_not_edit_finds_nothing(
    editor: Sender, collection: Collection, role: Role | None, status: int
) -> None:
    client = await sync_to_async(member_of)(collection, role)
    refused = await send(replace(editor, client=client))
    missing = await send(replace(editor, client=client, collection=uuid.uuid4()))
    assert (refused.status, refused.body) == (status, missing.body)


@pytest.mark.usefixtures("unread")
async def test_a_visitor_is_asked_to_sign_in(editor: Sender) -> None:
    refused = await send(replace(editor, client=Client()))
    assert (refused.status, refused.json["code"]) == (403, "forbidden")
    assert "Sign in" in refused.json["detail"]
    page = await send(replace(editor, client=Client(), accept="text/html"))
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.usefixtures("unread")
async def test_a_full_workspace(editor: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = upload_config().workspace_mb << 20
    monkeypatch.setattr("apps.knowledge.documents.quota.stored_bytes", lambda workspace: limit - len(CONTENT))
    refused = await send(editor)
    assert (refused.status, refused.json["code"]) == (413, "quota")
    assert "Remove failed files" in refused.json["detail"]


@pytest.mark.usefixtures("unread")
async def test_a_disk_without_room(editor: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    reserve = storage_config().reserve_mb << 20
    monkeypatch.setattr("apps.common.disk_space.free_bytes", lambda: reserve + len(CONTENT))
    refused = await send(editor)
    assert (refused.status, refused.json["code"]) == (507, "storage_full")


async def test_one_person_sends_a_few_files_at_once(editor: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatbot_saas.serving.http_application.UPLOADS_AT_ONCE", 0)
    refused = await send(editor)
    assert (refused.status, refused.json["code"]) == (429, "too_many")


async def test_a_disk_that_fills_while_the_file_is_unpacked(
    editor: Sender, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, seen = TemporaryFileUploadHandler.receive_data_chunk, list[Path]()

    def full(self: TemporaryFileUploadHandler, raw_data: bytes, start: int) -> None:
        seen.extend(django_settings.INCOMING.iterdir())
        write(self, raw_data, start)
        if start:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", full)
    refused = await send(editor)
    assert (refused.status, refused.json["code"]) == (507, "storage_full")
    assert seen
    assert list(django_settings.INCOMING.iterdir()) == []
    assert not await Ingestion.objects.filter(collection=collection).aexists()


@pytest.mark.parametrize(("scopes", "status"), [(("write",), 201), (("read",), 403), ((), 401)])
async def test_a_program_sends_a_large_file_with_an_api_key(
    alice: User, collection: Collection, scopes: tuple[str, ...], status: int
) -> None:
    new = NewKey("Loader", scopes, 0, 60)
    token = await sync_to_async(make_key)(alice, collection.workspace, new) if scopes else "quoth_wrong"
    head = f'--{BORDER}\r\nContent-Disposition: form-data; name="file"; filename="leave.md"\r\n\r\n'
    parts = [head.encode(), CONTENT, f"\r\n--{BORDER}--\r\n".encode()]
    headers = {
        "content_type": f"multipart/form-data; boundary={BORDER}",
        "authorization": f"Bearer {token}",
        "accept": "*/*",
    }
    path = reverse("api:files", args=[collection.uid])
    exchange = request("POST", path, parts=parts, announced=True, **headers)
    answer = await exchange.run(get_default_application())
    assert answer.status == status, answer.body
    assert await Ingestion.objects.acount() == (status == 201)
    assert status == 201 or answer.json["status"] == status
