"""Collections and documents in plain HTML, and what the script of the collection's page asks for."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role, User
from apps.accounts.selectors import workspaces_owned_by
from apps.accounts.services import ensure_workspace, register, set_role
from apps.common.tests.html import Html, get
from apps.knowledge.models import Collection, Document, DocumentVersion, Ingestion
from apps.knowledge.tests.files import LEAVE, TRAVEL, bring, collection_in, load, published
from apps.knowledge.tests.parsing_files import pdf, pdf_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
JSON = {"Accept": "application/json"}


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    return collection_in()


@pytest.fixture
def editor(collection: Collection) -> Client:
    return _client(register("alice@example.org", password="x"), collection, Role.EDITOR)


def _client(user: User, collection: Collection, role: Role) -> Client:
    set_role(user, collection.workspace, role)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def home(collection: Collection) -> str:
    return reverse("collection", args=[collection.uid])


def rows(soup: Html) -> dict[str, list[str]]:
    return {row["data-path"]: [cell.words for cell in row.all("td")] for row in soup.all("#rows tr")}


def test_each_file_is_a_row_with_its_state(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    load(collection, "empty.md", b"")
    bring(collection, "travel.md", TRAVEL)
    soup = get(editor, home(collection))
    found = rows(soup)
    assert next(iter(found)) == "travel.md"
    assert found["travel.md"][1] == "Waiting"
    assert "Check that it is the right file." in found["empty.md"][0]
    assert found["empty.md"][1] == "Failed"
    assert found["leave.md"][1:3] == ["Ready", "1"]
    assert "1 document, 1 passage" in soup.words


@pytest.mark.parametrize(
    ("state", "words"),
    [("reading", "Reading page 31 of 64"), ("indexing", "Indexing 31 of 64 sentences and passages")],
)
def test_progress_has_figures(collection: Collection, editor: Client, state: str, words: str) -> None:
    row = bring(collection, "leave.md", LEAVE)
    Ingestion.objects.filter(pk=row.pk).update(state=state, progress=31, total=64)
    assert words in rows(get(editor, home(collection)))["leave.md"][0]


def test_a_new_version_on_its_way_keeps_the_old_one_open(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    bring(collection, "leave.md", LEAVE + b"\nMore.\n")
    state, _, _, actions = rows(get(editor, home(collection)))["leave.md"][1:]
    assert state == "Waiting"
    assert "Open" in actions


def test_members_see_documents_and_no_work(collection: Collection) -> None:
    load(collection, "leave.md", LEAVE)
    load(collection, "empty.md", b"")
    soup = get(_client(register("bob@example.org", password="x"), collection, Role.MEMBER), home(collection))
    assert list(rows(soup)) == ["leave.md"]
    assert not soup.all("#drop, form[data-retry]")


def test_upload_by_form(collection: Collection, editor: Client) -> None:
    files = [SimpleUploadedFile("a.md", LEAVE), SimpleUploadedFile("b.md", TRAVEL)]
    response = editor.post(reverse("upload", args=[collection.uid]), {"files": files}, follow=True)
    assert response.redirect_chain == [(home(collection), 302)]
    assert "2 files have arrived." in response.content.decode()
    assert set(Ingestion.objects.values_list("path", flat=True)) == {"a.md", "b.md"}


def test_upload_by_script_keeps_the_folder(collection: Collection, editor: Client) -> None:
    data = {"files": SimpleUploadedFile("a.md", LEAVE), "path": "guide/a.md"}
    response = editor.post(reverse("upload", args=[collection.uid]), data, headers=JSON)
    assert (response.status_code, response.json()) == (201, {"received": 1})
    assert Ingestion.objects.get().path == "guide/a.md"


def test_more_files_than_a_form_may_hold(collection: Collection, editor: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    files = [SimpleUploadedFile(f"{n}.md", b"text") for n in range(3)]
    answer = editor.post(reverse("upload", args=[collection.uid]), {"files": files})
    assert answer.status_code == 400
    assert "Send at most 2" in answer.content.decode()


def test_a_page_may_be_asked_for_its_head(collection: Collection, editor: Client) -> None:
    for page in (reverse("collection", args=[collection.uid]), reverse("new")):
        answer = editor.head(page)
        assert (answer.status_code, answer.content) == (200, b"")


def test_an_upload_without_a_file_says_so(collection: Collection, editor: Client) -> None:
    response = editor.post(reverse("upload", args=[collection.uid]), follow=True)
    assert "No file was chosen." in response.content.decode()


def test_the_script_reads_the_rows(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    failed = load(collection, "empty.md", b"")
    body = editor.get(reverse("files_json", args=[collection.uid])).json()
    by_path = {row["path"]: row for row in body["rows"]}
    assert (body["summary"], body["documents"]) == ("1 document, 1 passage", "1")
    assert by_path["leave.md"]["open_url"] == reverse("document", args=[Document.objects.get().uid])
    assert by_path["empty.md"]["retry_url"] == ""
    assert by_path["empty.md"]["remove_url"] == reverse("remove", args=[collection.uid, failed.uid])


def test_a_row_asked_for_by_name_is_told_wherever_it_stands(
    collection: Collection, editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.knowledge.pages.views.ROWS_ON_A_PAGE", 1)
    for path in ("a.md", "b.md", "c.md"):
        load(collection, path, LEAVE)
    bring(collection, "z.md", TRAVEL)
    address = reverse("files_json", args=[collection.uid])
    for named, told in (([], ["z.md"]), (["b.md", "gone.md"], ["z.md", "b.md"])):
        body = editor.post(address, {"path": named}).json()
        assert [row["path"] for row in body["rows"]] == told
        assert body["open"] == 1


def test_rows_stand_in_the_order_in_which_one_looks_for_them(collection: Collection, editor: Client) -> None:
    for path in ("b.md", "a.md"):
        load(collection, path, LEAVE)
    load(collection, "0.md", b"")
    for path in ("z.md", "c.md", "y.md"):
        bring(collection, path, TRAVEL)
    Ingestion.objects.filter(path="y.md").update(state="reading")
    assert list(rows(get(editor, home(collection)))) == ["y.md", "z.md", "c.md", "0.md", "a.md", "b.md"]


def test_a_failed_file_leaves_the_list(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    for path in ("empty.md", "empty.md", "leave.md"):
        load(collection, path, b"")
    for path in ("empty.md", "leave.md"):
        failed = Ingestion.objects.filter(path=path, state="failed").latest("pk")
        editor.post(reverse("remove", args=[collection.uid, failed.uid]))
    found = rows(get(editor, home(collection)))
    assert {path: cells[1] for path, cells in found.items()} == {"leave.md": "Ready"}


def test_only_what_may_pass_is_tried_again(collection: Collection, editor: Client) -> None:
    load(collection, "empty.md", b"")
    bring(collection, "travel.md", TRAVEL)
    Ingestion.objects.filter(path="travel.md").update(state="failed", reason="interrupted")
    soup = get(editor, home(collection))
    assert "Try again" in rows(soup)["travel.md"][4]
    assert "Try again" not in rows(soup)["empty.md"][4]


def test_a_pdf_says_how_many_pages_it_has(collection: Collection, editor: Client) -> None:
    page = pdf_text([(72, 700, 12, "The canteen opens at eleven and serves soup on Thursdays.")])
    load(collection, "canteen.pdf", pdf([page, page]))
    soup = get(editor, home(collection))
    assert "2 pages" in rows(soup)["canteen.pdf"][0]
    about = get(editor, soup.one("a[data-open]")["href"]).one(".about").words
    assert "PDF" in about
    assert "2 pages" in about
    assert "application/" not in about


def test_retry_and_cancel(collection: Collection, editor: Client) -> None:
    failed = load(collection, "empty.md", b"")
    editor.post(reverse("retry", args=[collection.uid, failed.uid]))
    again = Ingestion.objects.latest("pk")
    assert (again.state, again.pk > failed.pk) == ("queued", True)
    editor.post(reverse("cancel", args=[collection.uid, again.uid]))
    again.refresh_from_db()
    assert (again.state, again.reason) == ("failed", "cancelled")


def test_a_file_of_another_collection_cannot_be_reached_through_mine(
    collection: Collection, editor: Client
) -> None:
    other = load(collection_in("other"), "empty.md", b"")
    assert editor.post(reverse("retry", args=[collection.uid, other.uid])).status_code == 404


def test_a_collection_is_made_in_ones_own_workspace(collection: Collection, editor: Client) -> None:
    own = workspaces_owned_by(User.objects.get(email="alice@example.org"))[0]
    form = {"name": "My papers", "workspace": own.uid, "is_public": "on"}
    assert get(editor, reverse("new_collection")).one("select option")["value"] == str(own.uid)
    response = editor.post(reverse("new_collection"), form)
    made = Collection.objects.get(name="My papers")
    assert response["Location"] == home(made)
    assert made.workspace == own
    assert not made.is_public
    assert "Only you can ask it and change it." in get(editor, home(made)).words
    again = editor.post(reverse("new_collection"), form | {"name": "my papers"})
    assert "There is a collection of this name already." in again.content.decode()


def test_who_has_no_workspace_yet_gets_one(editor: Client) -> None:
    admin = User.objects.create_superuser("root@example.org", "x")
    client = _client(admin, collection_in("operator"), Role.EDITOR)
    assert client.get(reverse("new_collection")).status_code == 200
    client.post(reverse("new_collection"), {"name": "Mine", "workspace": workspaces_owned_by(admin)[0].uid})
    assert Collection.objects.get(name="Mine").workspace.memberships.get().user == admin


def test_an_operator_may_publish(fake_encoder: None) -> None:
    user, operator = (
        User.objects.create_user("op@example.org"),
        ensure_workspace("operator", is_operator=True),
    )
    client = _client(user, collection_in("operator"), Role.OWNER)
    client.post(reverse("new_collection"), {"name": "Guide", "is_public": "on"})
    assert Collection.objects.get(name="Guide", workspace=operator).is_public


def test_a_collection_is_made_in_a_workspace_that_one_edits(collection: Collection, editor: Client) -> None:
    page, team = reverse("new_collection"), collection.workspace
    editor.post(page, {"name": "Team papers", "workspace": team.uid})
    assert Collection.objects.get(name="Team papers").workspace == team
    strange = ensure_workspace("strange")
    assert editor.post(page, {"name": "Theirs", "workspace": strange.uid}).status_code == 400
    assert not Collection.objects.filter(name="Theirs").exists()


def test_only_an_operators_workspace_is_opened_to_everyone(collection: Collection, editor: Client) -> None:
    alice = User.objects.get(email="alice@example.org")
    operator = ensure_workspace("site", is_operator=True)
    set_role(alice, operator, Role.EDITOR)
    form = {"name": "Guide", "workspace": collection.workspace.uid, "is_public": "on"}
    assert editor.post(reverse("new_collection"), form).status_code == 400
    editor.post(reverse("new_collection"), form | {"workspace": operator.uid})
    assert Collection.objects.get(name="Guide", workspace=operator).is_public


def test_who_has_one_workspace_is_not_asked_which() -> None:
    client = Client()
    client.force_login(
        register("dora@example.org", password="x"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert get(client, reverse("new_collection")).all("select") == []


def test_a_document_reads_as_a_get(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    load(
        collection,
        "travel.md",
        TRAVEL + b"\n## Abroad\n\n- one\n- [two](https://example.org/)\n\n## Back\n\nHome.\n",
    )
    version = published(collection, "travel.md")
    assert version is not None
    soup = get(editor, reverse("document", args=[version.document.uid]))
    article = soup.one("article.document-text")
    assert soup.one("h1").text == "Travel"
    assert [heading.text for heading in article.all("h2, h3")] == ["Abroad", "Back"]
    assert [link.text for link in soup.all(".contents a")] == ["Travel", "Abroad", "Back"]
    assert not get(editor, reverse("document", args=[Document.objects.get(path="leave.md").uid])).all(
        ".contents"
    )
    assert [item.text for item in article.all("ul li")] == ["one", "two"]
    assert article.one("p a")["href"] == reverse("document", args=[Document.objects.get(path="leave.md").uid])


def test_two_versions_are_compared(collection: Collection, editor: Client) -> None:
    for content in (LEAVE, LEAVE.replace(b"25", b"30"), LEAVE.replace(b"25", b"31 `<b>`")):
        load(collection, "leave.md", content)
    document = Document.objects.get()
    newest = get(editor, reverse("document", args=[document.uid]))
    assert [link.text for link in newest.all(".compare")] == ["Changes from 2 to 3", "Changes from 1 to 3"]
    second = get(editor, reverse("version", args=[document.uid, 2]))
    assert [link.text for link in second.all(".compare")] == ["Changes from 2 to 3", "Changes from 1 to 2"]
    soup = get(editor, newest.all(".compare")[1]["href"])
    assert "1 paragraph differs." in soup.words
    assert soup.one(".changed").words.startswith(
        "You get removed: 25 (end) added: 31 <b> (end) days of leave"
    )
    assert [mark.words for mark in soup.all("del, ins")] == ["removed: 25 (end)", "added: 31 <b> (end)"]


@pytest.mark.parametrize(("older", "newer"), [(2, 1), (1, 1), (1, 3), (0, 1)])
def test_only_an_older_version_is_compared_with_a_newer(
    collection: Collection, editor: Client, older: int, newer: int
) -> None:
    for content in (LEAVE, TRAVEL):
        load(collection, "leave.md", content)
    DocumentVersion.objects.create(
        workspace=collection.workspace, document=Document.objects.get(), number=3, original_bytes=1
    )  # one that is being built
    get(editor, reverse("changes", args=[Document.objects.get().uid, older, newer]), 404)


def test_versions_stand_beside(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    load(collection, "leave.md", LEAVE.replace(b"25", b"30"))
    document = Document.objects.get()
    assert "30 days" in get(editor, reverse("document", args=[document.uid])).text
    old = get(editor, reverse("version", args=[document.uid, 1]))
    assert "25 days" in old.text
    assert "replaced by a newer one" in old.text
    assert [link["href"] for link in old.all(".about a:not(.compare)")] == [
        reverse("version", args=[document.uid, number]) for number in (2, 1)
    ]


@pytest.mark.parametrize(
    "query", ["?start=5&end=2", "?start=0&end=99999999", "?start=-1&end=x", "?part=99", "?part=%F0"]
)
def test_a_mistyped_place_is_no_error(collection: Collection, editor: Client, query: str) -> None:
    load(collection, "leave.md", LEAVE)
    soup = get(editor, reverse("document", args=[Document.objects.get().uid]) + query)
    assert not soup.all("article mark")


def test_the_original_is_downloaded_and_never_shown(collection: Collection, editor: Client) -> None:
    load(collection, "guide/äpfel.html", b"<h1>Hi</h1><p>Some words here.</p><script>alert(1)</script>")
    version = DocumentVersion.objects.get()
    response = editor.get(reverse("original", args=[version.document.uid, 1]))
    assert response.content.startswith(b"<h1>Hi")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%C3%A4pfel.html"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_deleting_asks_first(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    document = Document.objects.get()
    address = reverse("delete_document", args=[document.uid])
    asks = get(editor, address).text
    assert "Delete leave.md?" in asks
    assert "The file and its text stay stored on the server" in asks
    assert Document.objects.filter(deleted_at=None).exists()
    assert "leave.md is deleted." in editor.post(address, follow=True).content.decode()
    assert not Document.objects.filter(deleted_at=None).exists()
    assert editor.get(address).status_code == 404
