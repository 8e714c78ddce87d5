"""Who may open what: every address times every role. A new route without a row fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from apps.chat.tests.cast import HANDBOOK, Cast, client_of, make_cast, route_arguments
from apps.knowledge.models import Document
from apps.knowledge.tests.files import load
from apps.knowledge.tests.parsing_files import pdf, pdf_text
from apps.knowledge.tests.pictures import data_address, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]

ROLES = ("anonymous", "stranger", "member", "staff", "owner")  # the owner last: some requests use the row up
EVERYONE, MEMBERS, OWNER = (200,) * 5, (404, 404, 200, 404, 200), (404, 404, 404, 404, 200)
SIGNED_IN = (302, 200, 200, 200, 200)
OF_WORKSPACE, OF_OWNER = (302, 404, 200, 404, 200), (302, 404, 404, 404, 200)
EDITS = (404, 404, 404, 404, 302)


@dataclass(frozen=True)
class Row:
    """`expected` is a status for each of ROLES."""

    expected: tuple[int, ...]
    method: str = "get"


PDF = "guide/gate.pdf"
PAGE = "guide/valve.html"  # with a picture
TABLE = {
    "ready": Row(EVERYONE),
    "new": Row(EVERYONE),
    "welcome": Row((302, 200, 200, 200, 200)),
    "theme": Row((302,) * 5, "post"),
    "ask": Row((404, 404, 302, 404, 302), "post"),
    "conversation": Row(OWNER),
    "conversations": Row(EVERYONE),
    "deleted_conversations": Row(EVERYONE),
    "conversation_options": Row(OWNER),
    "pin_conversation": Row(EDITS, "post"),
    "delete_conversation": Row(EDITS, "post"),
    "restore_conversation": Row(EDITS, "post"),
    "print_conversation": Row(OWNER),
    "share_conversation": Row(OWNER),
    "close_link": Row(EDITS, "post"),
    "shared": Row(EVERYONE),
    "export_markdown": Row(OWNER),
    "export_json": Row(OWNER),
    "source": Row(OWNER),
    "source_panel": Row(OWNER),
    "proof": Row(OWNER),
    "why": Row(OWNER),
    "workspaces": Row(SIGNED_IN),
    "new_workspace": Row(SIGNED_IN),
    "workspace": Row(OF_WORKSPACE),
    "choose_workspace": Row((302, 404, 302, 404, 302), "post"),
    "people": Row(OF_WORKSPACE),
    "person": Row(OF_OWNER),
    "invite": Row(OF_OWNER),
    "resend_invitation": Row((302, 404, 404, 404, 200), "post"),  # no mail is sent: the link is shown
    "revoke_invitation": Row((302, 404, 404, 404, 302), "post"),
    "transfer_ownership": Row((302, 404, 404, 404, 302), "post"),
    "remove_person": Row((302, 404, 404, 404, 302), "post"),
    "leave_workspace": Row((302, 404, 302, 404, 409), "post"),  # the last owner stays
    "invitation": Row(EVERYONE),
    "new_collection": Row((302, 200, 200, 200, 200)),
    "collection": Row(MEMBERS),
    "upload": Row((404, 404, 404, 404, 400), "post"),  # without a file
    "files_json": Row(OWNER),
    "refused": Row((404, 404, 404, 404, 201), "post"),
    "retry": Row(EDITS, "post"),
    "cancel": Row(EDITS, "post"),
    "remove": Row(EDITS, "post"),
    "document": Row(MEMBERS),
    "version": Row(MEMBERS),
    "changes": Row(MEMBERS),
    "original": Row(MEMBERS),
    "page_picture": Row(MEMBERS),
    "figure": Row(MEMBERS),
    "delete_document": Row(OWNER),
    "restore_version": Row(EDITS, "post"),
    "restore_document": Row(EDITS, "post"),
    "deleted_documents": Row(OWNER),
    "deleted_collections": Row((302, 200, 200, 200, 200)),
    "collection_settings": Row(OWNER),
    "delete_collection": Row(OWNER),
    "delete_workspace": Row((302, 404, 404, 404, 302)),  # the owner shows that the account is theirs first
    "restore_workspace": Row((302, 404, 404, 404, 302), "post"),
    "restore_collection": Row(EDITS, "post"),
    "faq": Row(OWNER),
    "new_faq_entry": Row(OWNER),
    "faq_entry": Row(OWNER),
    "delete_faq_entry": Row(OWNER),
}


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    cast = make_cast()
    load(cast.private, "guide/leave.md", HANDBOOK + b"\nKeep them for a year.\n")  # a second version
    load(cast.private, PAGE, f'<p>A valve.<img src="{data_address(picture())}">'.encode())
    load(cast.private, PDF, pdf([pdf_text([(12, 72, 700, "The gate is never locked.")])]))
    return cast


def test_every_route_has_a_row() -> None:
    assert set(_names(get_resolver())) == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_route(name: str, cast: Cast) -> None:
    row = TABLE[name]
    responses = [_call(cast, role, name, row) for role in ROLES]
    assert tuple(response.status_code for response in responses) == row.expected
    for response in responses:
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_a_stranger_sees_what_a_missing_page_shows(cast: Cast) -> None:
    client = client_of(cast.charlie)
    address = reverse("collection", args=[cast.private.uid])
    missing = reverse("collection", args=[cast.charlie.uid])
    hidden, nothing = (_without_token(client.get(each).content) for each in (address, missing))
    assert hidden == nothing


def test_the_admin_is_for_staff(cast: Cast) -> None:
    assert client_of(cast.sam).get("/admin/").status_code == 200
    assert client_of(cast.alice).get("/admin/").status_code == 302


def _without_token(html: bytes) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html.decode())


def _names(resolver: URLResolver) -> Iterator[str]:
    """Without the administration, the API, and the pages of a person's own account, which have tests of their own."""
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            yield each.name or "unnamed"
        elif each.namespace not in {"admin", "api"} and str(each.pattern) != "accounts/":
            yield from _names(each)


def _arguments(cast: Cast, name: str) -> dict[str, object]:
    if name == "page_picture":
        return {"uid": Document.objects.get(path=PDF).uid, "number": 1, "page": 1}
    if name == "figure":
        return {"uid": Document.objects.get(path=PAGE).uid, "number": 1, "part": 0, "place": 0}
    return route_arguments(cast).get(name, {})


def _call(cast: Cast, role: str, name: str, row: Row) -> HttpResponse:
    people = {"stranger": cast.charlie, "member": cast.bob, "owner": cast.alice, "staff": cast.sam}
    client = client_of(people.get(role))
    address = reverse(name, kwargs=_arguments(cast, name))
    data = {"collection": cast.private.uid, "text": "How much leave?"} if name == "ask" else {}
    response: HttpResponse = getattr(client, row.method)(address, data)
    return response
