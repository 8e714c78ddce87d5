"""Only POST requests change anything, and reading pages creates no session."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from apps.accounts.models import User
from apps.accounts.services import register
from apps.api.tests.calling import api_route_arguments
from apps.chat.tests.cast import HANDBOOK, Cast, client_of, make_cast, public_collection, route_arguments
from apps.common.tests.html import get
from apps.knowledge.models import Collection
from apps.knowledge.tests.files import load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder", "mail_server")]

METHODS = ("get", "head", "options")
ROLES = ("anonymous", "stranger", "member", "owner", "staff", "superuser")
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE|CREATE|ALTER|DROP)\b", re.IGNORECASE)
# allauth stores the key of a reset link in the session, so that the form's URL does not contain it.
WRITES_ITS_SESSION = "account_reset_password_from_key"


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    cast = make_cast()
    load(cast.private, "guide/leave.md", HANDBOOK + b"\nKeep them for a year.\n")  # a second version
    return cast


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_written(role: str, cast: Cast) -> None:
    client = client_of(_person(role, cast))
    written = []
    for name, address in _addresses(cast):
        for method in METHODS:
            writes = _writes(partial(getattr(client, method), address))
            if name == WRITES_ITS_SESSION:
                writes = [sql for sql in writes if "django_session" not in sql]
            written += [f"{method} {address}: {sql}" for sql in writes]
    assert written == []


def test_every_route_is_walked(cast: Cast) -> None:
    walked = {name for name, _ in _addresses(cast)}
    assert {"new", "delete_document", "account_confirm_email", "admin:accounts_user_delete"} <= walked
    assert len(walked) == len({name for name, _, _ in _routes(get_resolver())})


@pytest.fixture
def guide(fake_encoder: None) -> Collection:
    return public_collection()


def test_a_crawler_begins_no_session(guide: Collection) -> None:
    document = guide.documents.get().uid
    pages = [
        "/", f"/?collection={guide.uid}", f"/collections/{guide.uid}/", f"/documents/{document}/", "/nothing/",
        "/accounts/login/?next=/", "/accounts/signup/", "/accounts/password/reset/", "/collections/new/", "/admin/",
    ]  # fmt: skip
    for number in range(50):
        response = Client().get(pages[number % len(pages)])
        assert settings.SESSION_COOKIE_NAME not in response.cookies
    assert not Session.objects.exists()


def test_a_reader_without_a_session_can_ask(guide: Collection) -> None:
    client = Client(enforce_csrf_checks=True)
    form = get(client, "/").one("#composer")
    token = form.one("[name=csrfmiddlewaretoken]")["value"]
    sent = {"csrfmiddlewaretoken": token, "collection": guide.uid, "text": "How long?"}
    conversation = client.post(reverse("ask"), sent)["Location"]
    assert "How long?" in get(client, conversation).text
    assert Session.objects.count() == 1


def _person(role: str, cast: Cast) -> User | None:
    if role == "superuser":
        return User.objects.create_superuser("root@example.org", "x")
    people = {"stranger": cast.charlie, "member": cast.bob, "owner": cast.alice, "staff": cast.sam}
    return people.get(role)


def _writes(call: Callable[[], object]) -> list[str]:
    """The statements of the call that change something."""
    writes: list[str] = []

    def record(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if WRITES.match(sql):
            writes.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        call()
    return writes


def _addresses(cast: Cast) -> Iterator[tuple[str, str]]:
    """The name and URL of every route, with arguments of existing objects."""
    known = route_arguments(cast) | _account_arguments() | api_route_arguments(cast)
    for name, prefix, pattern in _routes(get_resolver()):
        if not pattern.name:
            yield name, f"{prefix}anything/"
            continue
        names = {*pattern.pattern.regex.groupindex, *re.findall(r"<(?:\w+:)?(\w+)>", prefix)}
        arguments = known.get(name) or {each: _admin_argument(name, each) for each in names}
        assert set(arguments) == names, f"no arguments for {name}"
        yield name, reverse(name, kwargs=arguments)


def _routes(
    resolver: URLResolver, space: str = "", prefix: str = "/"
) -> Iterator[tuple[str, str, URLPattern]]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            inner = f"{each.namespace}:" if each.namespace else space
            yield from _routes(each, inner, prefix + str(each.pattern).lstrip("^"))
        else:
            yield f"{space}{each.name or 'unnamed'}", prefix, each


def _account_arguments() -> dict[str, dict[str, object]]:
    """Valid links to the account of someone whose pages are not requested."""
    dora = register("dora@example.org", password="x")
    pending = EmailAddress.objects.create(user=dora, email="dora@example.com")
    return {
        "account_confirm_email": {"key": EmailConfirmationHMAC(pending).key},
        "account_reset_password_from_key": {
            "uidb36": user_pk_to_url_str(dora),
            "key": default_token_generator.make_token(dora),
        },
    }


def _admin_argument(route: str, name: str) -> object:
    """The key of an existing row for the pages of a model; any value for others."""
    if name == "object_id":
        for model in admin.site._registry:
            if route.startswith(f"admin:{model._meta.app_label}_{model._meta.model_name}_"):
                return model._default_manager.values_list("pk", flat=True).first() or 1
    return {"app_label": "accounts", "url": "anything", "uid": UUID(int=1)}.get(name, 1)
