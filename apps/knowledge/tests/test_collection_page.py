"""A collection's page in plain HTML: its documents, searched and sorted, and the files that are on their way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.common.tests.html import Html, get, parse
from apps.knowledge.index.list_keys import search_text, sort_key
from apps.knowledge.models import Collection, CollectionStatistic, Document, Ingestion
from apps.knowledge.pages.upload_list import upload_row
from apps.knowledge.services import delete_document
from apps.knowledge.tests.files import LEAVE, TRAVEL, bring, collection_in, load
from apps.knowledge.tests.parsing_files import docx, pdf, pdf_text, word_run
from apps.knowledge.tests.people import editor_of, home, member_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    return collection_in()


@pytest.fixture
def editor(collection: Collection) -> Client:
    return editor_of(collection)


def rows(soup: Html, table: str) -> dict[str, list[str]]:
    """By path, the words of each cell of a table: uploads or documents."""
    return {
        row["data-path"]: [cell.words for cell in row.all("th, td")] for row in soup.all(f"#{table} tbody tr")
    }


def listed(collection: Collection, title: str, path: str = "", passages: int = 1, days_ago: int = 0) -> None:
    """A published document, as far as lists show it."""
    path = path or f"{title}.md"
    Document.objects.create(
        workspace=collection.workspace,
        collection=collection,
        path=path,
        title=title,
        passage_count=passages,
        version_number=1,
        published_at=timezone.now() - timedelta(days=days_ago),
        search_text=search_text(title, path),
        sort_key=sort_key(title, path),
    )
    count_documents(collection)


def count_documents(collection: Collection) -> None:
    CollectionStatistic.objects.update_or_create(
        collection=collection,
        defaults={"workspace": collection.workspace, "documents": collection.documents.count()},
    )


def test_a_document_is_listed_by_its_title(collection: Collection, editor: Client) -> None:
    load(collection, "guide/leave.md", LEAVE)
    load(collection, "guide/leave.md", LEAVE + b"\nMore of it.\n")
    soup = get(editor, home(collection))
    name, passages, changed = rows(soup, "documents")["guide/leave.md"]
    assert name == "Leave guide/leave.md · 116 bytes, version 2"
    assert "1" in passages
    assert "Today" in changed
    assert soup.one("#documents tbody a")["href"] == reverse("document", args=[Document.objects.get().uid])
    assert "1 document, 1 passage" in soup.words
    assert not soup.has("#uploads tbody tr")


def test_a_deleted_document_is_not_listed(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    delete_document(Document.objects.get())
    soup = get(editor, home(collection))
    assert not soup.has("#documents tbody tr")
    assert "No documents yet." in soup.words


def test_files_on_their_way_and_failed_ones_stand_apart(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    load(collection, "empty.md", b"")
    bring(collection, "travel.md", TRAVEL)
    soup = get(editor, home(collection))
    found = rows(soup, "uploads")
    assert list(found) == ["travel.md", "empty.md"]
    assert found["travel.md"][1] == "Waiting"
    assert "Check that it is the right file." in found["empty.md"][0]
    assert found["empty.md"][1] == "Failed"
    assert list(rows(soup, "documents")) == ["leave.md"]
    headings = [heading.text for heading in soup.all("main h2")]
    assert headings == ["Uploads", "Documents"]


@pytest.mark.parametrize(
    ("state", "words"),
    [("reading", "Reading page 31 of 1,064"), ("indexing", "Indexing 31 of 1,064 sentences and passages")],
)
def test_progress_has_figures(collection: Collection, editor: Client, state: str, words: str) -> None:
    row = bring(collection, "leave.md", LEAVE)
    Ingestion.objects.filter(pk=row.pk).update(state=state, progress=31, total=1064)
    assert words in rows(get(editor, home(collection)), "uploads")["leave.md"][0]


def test_a_new_version_on_its_way_leaves_the_old_one_listed(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    bring(collection, "leave.md", LEAVE + b"\nMore.\n")
    soup = get(editor, home(collection))
    assert rows(soup, "uploads")["leave.md"][1] == "Waiting"
    assert "leave.md" in rows(soup, "documents")


def test_members_see_documents_and_no_work(collection: Collection) -> None:
    load(collection, "leave.md", LEAVE)
    load(collection, "empty.md", b"")
    soup = get(member_of(collection), home(collection))
    assert list(rows(soup, "documents")) == ["leave.md"]
    assert not soup.all("#drop, #uploads, [data-do]")


def test_uploads_stand_in_the_order_in_which_one_looks_for_them(
    collection: Collection, editor: Client
) -> None:
    for path in ("0.md", "1.md"):
        load(collection, path, b"")
    for path in ("z.md", "c.md", "y.md"):
        bring(collection, path, TRAVEL)
    Ingestion.objects.filter(path="y.md").update(state="reading")
    assert list(rows(get(editor, home(collection)), "uploads")) == ["y.md", "z.md", "c.md", "1.md", "0.md"]


def test_a_failure_is_over_when_the_file_is_ready(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", b"")
    load(collection, "leave.md", LEAVE)
    assert rows(get(editor, home(collection)), "uploads") == {}


def test_a_failed_file_leaves_the_list(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    for path in ("empty.md", "empty.md", "leave.md"):
        load(collection, path, b"")
    for path in ("empty.md", "leave.md"):
        failed = Ingestion.objects.filter(path=path, state="failed").latest("pk")
        editor.post(reverse("remove", args=[collection.uid, failed.uid]))
    soup = get(editor, home(collection))
    assert rows(soup, "uploads") == {}
    assert list(rows(soup, "documents")) == ["leave.md"]


def test_only_a_file_that_may_succeed_is_tried_again(collection: Collection, editor: Client) -> None:
    load(collection, "empty.md", b"")
    bring(collection, "travel.md", TRAVEL)
    Ingestion.objects.filter(path="travel.md").update(state="failed", reason="interrupted")
    found = rows(get(editor, home(collection)), "uploads")
    assert "Try again" in found["travel.md"][2]
    assert "Try again" not in found["empty.md"][2]


def test_a_cancelled_file_is_not_shown_as_failed(collection: Collection, editor: Client) -> None:
    ingestion = bring(collection, "travel.md", TRAVEL)
    editor.post(reverse("cancel", args=[collection.uid, ingestion.uid]))
    row = get(editor, home(collection)).one('[data-path="travel.md"]')
    assert (row["data-state"], row.one(".state").text) == ("cancelled", "Cancelled")
    assert row.has('[data-do="retry"]')
    assert row.has('[data-do="remove"]')


def test_cancelled_files_are_counted_apart_from_failed_ones(collection: Collection, editor: Client) -> None:
    load(collection, "empty.md", b"")
    ingestion = bring(collection, "travel.md", TRAVEL)
    editor.post(reverse("cancel", args=[collection.uid, ingestion.uid]))
    main = get(editor, home(collection)).one("main")
    assert (main["data-open"], main["data-failed"], main["data-cancelled"]) == ("0", "1", "1")


def test_a_pdf_says_how_many_pages_it_has(collection: Collection, editor: Client) -> None:
    page = pdf_text([(72, 700, 12, "The canteen opens at eleven and serves soup on Thursdays.")])
    load(collection, "canteen.pdf", pdf([page, page]))
    soup = get(editor, home(collection))
    assert "2 pages" in rows(soup, "documents")["canteen.pdf"][0]
    about = get(editor, soup.one("#documents tbody a")["href"]).one(".about").words
    assert "PDF" in about
    assert "2 pages" in about
    assert "application/" not in about


def test_an_author_may_call_something_else_pages(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", b"---\npages: a few\n---\n" + LEAVE)
    assert "bytes" in rows(get(editor, home(collection)), "documents")["leave.md"][0]


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ("ÜBER", ["guide/a.md"]),
        ("ubersicht", ["guide/a.md"]),
        ("guide/", ["b.md", "guide/a.md"]),
        ("guide staff", ["b.md"]),
        ("100%", ["c.md"]),
        ("100", ["c.md", "d.md"]),
        ("a_b", ["d.md"]),
        ("\\", []),
        ("nothing like it", []),
    ],
)
def test_documents_are_searched_by_title_and_path(
    collection: Collection, editor: Client, query: str, paths: list[str]
) -> None:
    for title, path in (
        ("Übersicht", "guide/a.md"), ("Staff guide/book", "b.md"), ("A 100% sure thing", "c.md"),
        ("Form 1004 a_b", "d.md"), ("Form axb", "e.md"),
    ):  # fmt: skip
        listed(collection, title, path)
    response = editor.get(home(collection), {"q": query})
    soup = parse(response.content)
    assert list(rows(soup, "documents")) == paths
    assert soup.one("#search")["value"] == query
    if paths:
        assert f"{len(paths)} of 5 documents" in soup.one(".found").words
    else:
        assert f"No document contains “{query}”" in soup.one(".found").words
    assert soup.one(".found a")["href"] == "?#documents"
    assert soup.one("form.search")["action"] == "#documents"


@pytest.mark.parametrize(
    ("sort", "titles", "column", "order"),
    [
        ("name", ["Ärger", "Chapter 2", "Chapter 10"], 0, "ascending"),
        ("-name", ["Chapter 10", "Chapter 2", "Ärger"], 0, "descending"),
        ("passages", ["Ärger", "Chapter 10", "Chapter 2"], 1, "ascending"),
        ("-passages", ["Chapter 2", "Chapter 10", "Ärger"], 1, "descending"),
        ("date", ["Chapter 10", "Ärger", "Chapter 2"], 2, "ascending"),
        ("-date", ["Chapter 2", "Ärger", "Chapter 10"], 2, "descending"),
        ("'; DROP TABLE", ["Ärger", "Chapter 2", "Chapter 10"], 0, "ascending"),
    ],
)
def test_documents_are_sorted_both_ways(
    collection: Collection, editor: Client, sort: str, titles: list[str], column: int, order: str
) -> None:
    listed(collection, "Chapter 10", passages=5, days_ago=9)
    listed(collection, "Chapter 2", passages=7)
    listed(collection, "Ärger", passages=1, days_ago=1)
    soup = parse(editor.get(home(collection), {"sort": sort}).content)
    assert [link.text for link in soup.all("#documents tbody a")] == titles
    heads = soup.all("#documents thead th")
    assert [head.get("aria-sort") for head in heads] == [order if n == column else "" for n in range(3)]


def test_a_column_is_sorted_by_its_heading_and_the_search_stays(
    collection: Collection, editor: Client
) -> None:
    listed(collection, "Chapter 10")
    soup = parse(editor.get(home(collection), {"q": "chapter", "sort": "-date", "page": "1"}).content)
    assert [link["href"] for link in soup.all("#documents thead a")] == [
        f"?q=chapter&sort={sort}#documents" for sort in ("name", "-passages", "date")
    ]  # fmt: skip
    assert soup.one(".search [name=sort]")["value"] == "-date"


def test_long_lists_have_pages(collection: Collection, editor: Client) -> None:
    many(collection, 120)
    first = get(editor, home(collection) + "?sort=-name")
    assert len(rows(first, "documents")) == 50
    assert "Page 1 of 3" in first.words
    last = get(
        editor, home(collection) + first.one("#documents [rel=next]")["href"].replace("page=2", "page=3")
    )
    assert len(rows(last, "documents")) == 20
    assert "document-000.md" in rows(last, "documents")
    assert last.one("#documents [rel=prev]")["href"] == "?sort=-name&page=2#documents"
    for number in ("99", "0", "-1", "x", "9" * 5000):
        assert rows(get(editor, f"{home(collection)}?page={number}"), "documents")


def test_uploads_have_pages_of_their_own(collection: Collection, editor: Client) -> None:
    Ingestion.objects.bulk_create(
        Ingestion(
            workspace=collection.workspace,
            collection=collection,
            path=f"{number}.md",
            original_bytes=1,
            state="failed" if number < 60 else "queued",
            reason="empty" if number < 60 else "",
        )
        for number in range(70)
    )
    listed(collection, "Leave")
    first = get(editor, home(collection))
    assert list(rows(first, "uploads"))[:11] == [*(f"{number}.md" for number in range(60, 70)), "59.md"]
    next_page = first.one("#uploads [rel=next]")["href"]
    assert next_page.endswith("#uploads")
    second = get(editor, home(collection) + next_page)
    assert len(rows(second, "uploads")) == 20
    assert list(rows(second, "documents")) == ["Leave.md"]


# Session, user, access, editing, members, statistic, documents, uploads and two counts, four of the sidebar.
QUERIES = 14


@pytest.mark.parametrize("number", [30, 3_000])
@pytest.mark.parametrize("query", ["", "?page=2&sort=-date", "?q=document-0"])
def test_a_page_takes_the_same_queries_whatever_the_collection_holds(
    collection: Collection,
    editor: Client,
    number: int,
    query: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    many(collection, number)
    with django_assert_num_queries(QUERIES + ("q=" in query)):
        soup = get(editor, home(collection) + query)
    assert f"{number:,} documents" in soup.words


def many(collection: Collection, number: int) -> None:
    """As many documents, each with a passage less than the one before, and an ingestion that has ended."""
    paths = [f"document-{place:03}.md" for place in range(number)]
    Document.objects.bulk_create(
        Document(
            workspace=collection.workspace,
            collection=collection,
            path=path,
            title=path,
            passage_count=number - place,
            published_at=timezone.now(),
            search_text=search_text(path, path),
            sort_key=sort_key(path, path),
        )
        for place, path in enumerate(paths)
    )
    Ingestion.objects.bulk_create(
        Ingestion(
            workspace=collection.workspace, collection=collection, path=path, original_bytes=1, state="ready"
        )
        for path in paths
    )
    count_documents(collection)


def test_the_row_of_a_file_says_which_encoding_was_recognised(collection: Collection) -> None:
    ingestion = load(collection, "rope.txt", "Die Länge beträgt 12 m.".encode("cp1252"))
    assert upload_row(ingestion).detail == "Read as Windows-1252"


def test_the_row_of_a_file_says_that_parts_are_unreliable(collection: Collection) -> None:
    symbol = '<w:r><w:sym w:font="Nobody" w:char="F0FC"/></w:r>'
    ingestion = load(collection, "gloves.docx", docx(f"<w:p>{word_run('Wear gloves ')}{symbol}</w:p>"))
    assert upload_row(ingestion).detail.startswith("Parts of this file could not be read reliably.")
