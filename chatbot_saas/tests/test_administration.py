"""The administration: each page of each model opens, asks the database little, and writes through services alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin import ModelAdmin, site
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import Membership, Role, User, Workspace
from apps.accounts.tests.second_factors import give_app
from apps.chat.models import Answer
from apps.chat.tests.cast import HANDBOOK, Cast, client_of, make_cast
from apps.common.tests.html import get, parse
from apps.knowledge.models import Collection, Document, Ingestion, IngestionState
from chatbot_saas.administration.dashboard import dashboard

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
MODELS = sorted(site._registry, key=lambda model: model._meta.label)
QUERIES = 14  # of a list: session, person, count, rows, and one for each filter
TEXTS = re.compile(r'"(text|layout|metadata|manifest)"')
INLINE = re.compile(
    r"""\sstyle="|\son[a-z]+="|<script(?![^>]*\ssrc=)(?![^>]*type="application/json")|<style"""
)


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    User.objects.filter(pk=cast.sam.pk).update(is_superuser=True)
    cast.sam.refresh_from_db()
    group = Group.objects.create(name="Support")
    Group.objects.create(name="Auditors")
    for word in ("first", "second"):
        LogEntry.objects.log_actions(cast.sam.pk, [group], 2, word)
    return cast


@pytest.fixture
def support(cast: Cast) -> Client:
    return client_of(cast.sam)


def address(model: type[Model], page: str, *arguments: object) -> str:
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_{page}", args=arguments)


def first(model: type[Model]) -> Model:
    row = model._default_manager.order_by("pk").first()
    assert row is not None, f"the tests have no {model}"
    return row


def pages_of(admin: ModelAdmin[Any], client: Client) -> Iterator[str]:
    """Its list as it is, searched, and by each filter; and the pages of its first row."""
    list_page = address(admin.model, "changelist")
    row = first(admin.model)
    yield list_page
    yield f"{list_page}?q=a"
    for link in get(client, list_page).all("a[href^='?']"):
        yield list_page + link["href"]
    yield address(admin.model, "change", row.pk)
    yield address(admin.model, "history", row.pk)


def test_every_page_of_every_model(support: Client) -> None:
    for model in MODELS:
        for page in pages_of(site._registry[model], support):
            with CaptureQueriesContext(connection) as asked:
                response = support.get(page)
            assert response.status_code == 200, page
            assert not INLINE.search(response.content.decode()), page
            assert len(asked) <= 2 * QUERIES, page
            assert not [query for query in asked.captured_queries if TEXTS.search(query["sql"])], page


def test_a_list_asks_as_much_for_many_rows_as_for_one(
    support: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for model in MODELS:
        page = address(model, "changelist")
        support.get(page)
        with CaptureQueriesContext(connection) as many:
            support.get(page)
        monkeypatch.setattr(type(site._registry[model]), "list_per_page", 1)
        with CaptureQueriesContext(connection) as one:
            support.get(page)
        assert len(many) <= min(len(one), QUERIES), page


def test_pages_to_add_and_delete_open_where_that_is_allowed(support: Client) -> None:
    request = support.get("/admin/").wsgi_request
    for model in MODELS:
        admin, row = site._registry[model], first(model)
        for page, allowed in (
            (address(model, "add"), admin.has_add_permission(request)),
            (address(model, "delete", row.pk), admin.has_delete_permission(request, row)),
        ):
            response = support.get(page)
            assert response.status_code == (200 if allowed else 403), page
            assert not allowed or not INLINE.search(response.content.decode()), page


def test_rows_are_written_by_services(support: Client) -> None:
    """A group of rights alone is a row of Django's, which no service writes."""
    request = support.get("/admin/").wsgi_request
    for model in set(MODELS) - {Group}:
        admin, row = site._registry[model], first(model)
        if admin.has_add_permission(request) or admin.has_change_permission(request, row):
            assert not _writes_itself(admin, "save_model"), model
            assert not model._meta.many_to_many or not _writes_itself(admin, "save_related"), model
        if admin.has_delete_permission(request, row):
            assert not _writes_itself(admin, "delete_model"), model
            assert not _writes_itself(admin, "delete_queryset"), model
        assert not admin.list_editable
        for inline in admin.get_inline_instances(request, row):
            assert not _changes_rows(inline, request, row), inline


def _writes_itself(admin: ModelAdmin[Any], name: str) -> bool:
    return getattr(type(admin), name) is getattr(ModelAdmin, name)


def _changes_rows(inline: InlineModelAdmin[Any, Any], request: Any, row: Model | None) -> bool:
    return (
        inline.has_add_permission(request, row)
        or inline.has_change_permission(request, row)
        or (inline.can_delete and inline.has_delete_permission(request, row))
    )


def test_only_these_pages_may_evaluate_strings(support: Client) -> None:
    policy = support.get("/admin/")["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert [part.split()[0] for part in policy.split("; ") if "unsafe-eval" in part] == ["script-src"]
    for page in ("/", reverse("account_profile"), "/admin/login/"):
        response = (Client() if "login" in page else support).get(page, follow=True)
        assert "unsafe" not in response["Content-Security-Policy"], page


def test_nothing_comes_from_elsewhere(support: Client) -> None:
    page = get(support, address(User, "changelist"))
    loaded = [each.get("src") or each.get("href") for each in page.all("script, link, img, use")]
    assert loaded
    assert not [each for each in loaded if "//" in each]


def test_people_are_shown_by_name(support: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(name="Alice Adams")
    row = get(support, f"{address(User, 'changelist')}?q=alice").one("#result_list tbody tr")
    assert "Alice Adams" in row.text
    assert "alice@example.org" in row.text
    for model in (Membership, Ingestion):
        page = get(support, address(model, "changelist")).text
        assert "object (" not in page
    assert "Alice Adams (alice@example.org)" in get(support, address(Membership, "changelist")).text


def test_a_page_leads_to_the_sign_in_of_the_product() -> None:
    page = Client().get("/admin/login/?next=/admin/")
    assert page["Location"].startswith(reverse("account_login"))
    assert Client().get(address(User, "changelist")).status_code == 302


def test_staff_set_up_a_second_factor_first(cast: Cast) -> None:
    User.objects.filter(pk=cast.bob.pk).update(is_staff=True, is_superuser=True)
    client = client_of(cast.bob)
    for model in (User, Document):
        assert client.get(address(model, "changelist")).status_code == 302
    page = client.get("/admin/", follow=True)
    assert page.redirect_chain[-1][0] == reverse("mfa_index")
    assert "The administration opens once" in page.content.decode()
    give_app(cast.bob)
    assert client.get("/admin/").status_code == 200


def test_staff_without_rights_see_that_they_have_none(cast: Cast) -> None:
    User.objects.filter(pk=cast.bob.pk).update(is_staff=True)
    give_app(cast.bob)
    client = client_of(cast.bob)
    assert "Ask an administrator for rights" in get(client, "/admin/").text
    for model in MODELS:
        assert client.get(address(model, "changelist")).status_code == 403


def test_whoever_may_change_accounts_gives_themselves_no_rights(cast: Cast) -> None:
    User.objects.filter(pk=cast.bob.pk).update(is_staff=True)
    give_app(cast.bob)
    cast.bob.user_permissions.set(Permission.objects.filter(content_type__model="user"))
    client = client_of(cast.bob)
    assert client.post(address(User, "change", cast.bob.pk), {"is_superuser": "on"}).status_code == 403
    page = address(User, "change", cast.alice.pk)
    client.post(page, get(client, page).one("#user_form").values() | {"is_superuser": "on", "is_staff": "on"})
    cast.alice.refresh_from_db()
    assert (cast.alice.is_superuser, cast.alice.is_staff) == (False, False)


def run_action(client: Client, model: type[Model], action: str, *rows: Model, **more: str) -> Any:
    data = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return client.post(address(model, "changelist"), data, follow=True)


def test_a_superuser_gives_groups(support: Client, cast: Cast) -> None:
    page = address(User, "change", cast.alice.pk)
    group = Group.objects.get(name="Support")
    support.post(page, get(support, page).one("#user_form").values() | {"groups": [group.pk]})
    assert list(cast.alice.groups.all()) == [group]


def test_a_closed_account_is_signed_out_and_the_record_says_so(support: Client, cast: Cast) -> None:
    alice = client_of(cast.alice)
    run_action(support, User, "close_accounts", cast.alice, cast.sam)
    cast.alice.refresh_from_db()
    cast.sam.refresh_from_db()
    assert (cast.alice.is_active, cast.sam.is_active) == (False, True)
    assert "Sign out" not in alice.get("/").content.decode()
    assert "Closed the account." in get(support, address(User, "history", cast.alice.pk)).text
    run_action(support, User, "reopen_accounts", cast.alice)
    cast.alice.refresh_from_db()
    assert cast.alice.is_active


def test_a_member_is_added_and_removed(support: Client, cast: Cast) -> None:
    acme = Workspace.objects.get(slug="acme")
    data = {"user": cast.charlie.pk, "workspace": acme.pk, "role": Role.MEMBER.value}
    support.post(address(Membership, "add"), data)
    added = Membership.objects.get(user=cast.charlie, workspace=acme)
    support.post(address(Membership, "delete", added.pk), {"post": "yes"})
    assert not Membership.objects.filter(pk=added.pk).exists()


def test_a_document_is_deleted_as_by_its_owner(support: Client, cast: Cast) -> None:
    document = cast.version.document
    with CaptureQueriesContext(connection) as asked:
        page = support.get(address(Document, "delete", document.pk))
    assert page.status_code == 200
    assert not [query for query in asked.captured_queries if TEXTS.search(query["sql"])]
    support.post(address(Document, "delete", document.pk), {"post": "yes"})
    document.refresh_from_db()
    assert document.deleted_at is not None
    assert HANDBOOK[:7].decode() not in parse(page.content).text


def test_several_documents_are_deleted(support: Client, cast: Cast) -> None:
    run_action(support, Document, "delete_selected", cast.version.document, post="yes")
    assert Document.objects.get(pk=cast.version.document_id).deleted_at is not None


def test_work_on_uploads(support: Client, cast: Cast) -> None:
    assert cast.failed.state == IngestionState.FAILED
    run_action(support, Ingestion, "cancel", cast.waiting)
    cast.waiting.refresh_from_db()
    assert cast.waiting.state == IngestionState.FAILED
    run_action(support, Ingestion, "dismiss", cast.failed)
    assert not Ingestion.objects.filter(pk=cast.failed.pk).exists()


def test_a_private_workspace_publishes_nothing(support: Client, cast: Cast) -> None:
    page = address(Collection, "change", cast.private.pk)
    form = get(support, page).one("#collection_form").values()
    refused = support.post(page, form | {"is_public": "on"})
    assert "Only a workspace that may publish" in refused.content.decode()
    support.post(page, form | {"name": "Handbook \u202eof staff"})
    cast.private.refresh_from_db()
    assert (cast.private.name, cast.private.is_public) == ("Handbook of staff", False)


def test_the_overview_counts(support: Client, cast: Cast) -> None:
    figures = {figure.words: figure.number for figure in dashboard(cast.sam).figures}
    assert figures == {
        "people with an account": User.objects.filter(is_active=True).count(),
        "documents that can be asked": 2,
        "uploads under way": 1,
        "uploads that failed": 1,
    }
    page = get(support, "/admin/")
    assert len(page.all(".figures li")) == 4
    assert [each.one("b").text for each in page.all(".legend li")] == ["1", "0", "0", "0", "0", "0"]


def test_an_address_stands_in_the_head_of_a_page_as_it_is(support: Client, cast: Cast) -> None:
    page = get(support, address(User, "change", cast.sam.pk))
    assert [crumb.text for crumb in page.all(".admin-title .crumb")] == ["People", "Users", str(cast.sam)]


def test_a_cancelled_upload_has_not_failed(support: Client, cast: Cast) -> None:
    Ingestion.objects.filter(pk=cast.failed.pk).update(reason="cancelled")
    figures = {figure.words: figure.number for figure in dashboard(cast.sam).figures}
    assert figures["uploads that failed"] == 0
    row = f"#result_list a[href*='/{cast.failed.pk}/']"
    uploads = address(Ingestion, "changelist")
    assert get(support, f"{uploads}?state=withdrawn").has(row)
    assert not get(support, f"{uploads}?state=failed").has(row)
    assert "Cancelled" in [each.words for each in get(support, uploads).all("#result_list .uppercase")]


def test_states_are_called_by_their_names_and_dates_as_in_the_product(support: Client) -> None:
    Answer.objects.update(status="refused")
    cells = get(support, address(Answer, "changelist")).all("#result_list .field-coloured_status")
    assert {cell.words for cell in cells} == {"Not found"}
    created = get(support, address(User, "changelist")).all("#result_list .field-created_at")
    assert all(re.fullmatch(r"\d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d", cell.words) for cell in created)
