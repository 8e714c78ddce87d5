"""What calls have in common: problems, strict input, pages, ETags, limits, repeated requests, signing in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.tests.second_factors import code, give_app
from apps.api.tests.calling import PROBLEM, Caller, key, person
from apps.chat.models import Conversation, Message
from apps.chat.tests.cast import Cast, make_cast
from apps.knowledge.models import Ingestion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    cache.clear()  # of limits that other tests have used up
    return make_cast()


def said(answer: HttpResponse) -> Any:
    return json.loads(answer.content)


def test_problems_have_codes(cast: Cast) -> None:
    alice = person(cast.alice)
    ask = {"text": "Why?", "collection_id": str(cast.private.uid)}
    document = f"documents/{cast.version.document.uid}"
    calls = {
        ("not_found", 404): alice("GET", "/api/v1/nothing"),
        ("not_found", 404, "0"): alice("GET", f"answers/{cast.answer.uid}/sources/0"),
        ("not_found", 404, "9"): alice("GET", f"answers/{cast.answer.uid}/sources/{'9' * 30}"),
        ("not_found", 404, "version"): alice("GET", f"{document}/versions/{'9' * 30}/sections/{'9' * 30}"),
        ("not_found", 404, "section"): alice("GET", f"{document}/versions/1/sections/0"),
        ("not_found", 404, "other"): alice("POST", "/api/"),
        ("method_not_allowed", 405): alice("PUT", "me", {}),
        ("unsupported_media_type", 415): alice.send_file("questions", {"text": "Why?"}),
        ("invalid", 400, "json"): alice("POST", "questions", None),
        ("invalid", 400, "field"): alice("POST", "questions", ask | {"texts": "x"}),
        ("invalid", 400, "query"): alice("GET", "collections?sort=name"),
        ("invalid", 400, "type"): alice("POST", "questions", ask | {"wait": 21}),
        ("invalid", 400, "text"): alice("POST", "questions", ask | {"text": "\u0000"}),
        ("invalid", 400, "cursor"): alice("GET", "conversations?cursor=W10"),
        ("unauthenticated", 401, "token"): Caller(**{"X-Session-Token": "no"})(
            "POST", "sessions", {"email": "a@example.org", "password": "x"}
        ),
        ("unauthenticated", 401): Caller(Authorization="Bearer quoth_wrong")("GET", "me"),
    }
    found = {expected: (said(call)["code"], call.status_code) for expected, call in calls.items()}
    assert found == {expected: expected[:2] for expected in calls}
    assert {call["Content-Type"] for call in calls.values()} == {PROBLEM}
    assert said(alice("POST", "questions", ask | {"texts": "x"}))["errors"][0]["field"] == "texts"


def test_a_cookie_is_no_credential(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.alice, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/api/v1/me").status_code == 401


def test_pages_go_on_after_the_last_row(cast: Cast) -> None:
    bob = person(cast.bob)
    for number in range(5):
        bob("POST", "questions", {"text": f"Question {number}?", "collection_id": str(cast.private.uid)})
    titles, page = [], said(bob("GET", "conversations?limit=2"))
    titles += [each["title"] for each in page["items"]]
    while page["next_cursor"]:
        page = said(bob("GET", f"conversations?limit=2&cursor={page['next_cursor']}"))
        titles += [each["title"] for each in page["items"]]
    assert titles == [f"Question {number}?" for number in range(4, -1, -1)]


def test_what_has_not_changed_is_not_sent_again(cast: Cast) -> None:
    alice, path = person(cast.alice), f"conversations/{cast.answer.conversation.uid}"
    first = alice("GET", path)
    again = alice("GET", path, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    alice("PATCH", path, {"title": "New"})
    assert alice("GET", path, **{"If-None-Match": first["ETag"]}).status_code == 200
    assert said(first)["created_at"].endswith("Z")


def test_requests_are_limited(cast: Cast, change_config: Callable[..., None]) -> None:
    change_config("api", requests_per_minute=2)
    alice = person(cast.alice)
    answers = [alice("GET", "me") for _ in range(3)]
    if answers[-1].status_code == 200:  # a minute ended meanwhile
        answers = [alice("GET", "me") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60


def test_a_repeated_request_makes_one(cast: Cast) -> None:
    bob, alice = person(cast.bob), person(cast.alice)
    ask = {"text": "How much leave?", "collection_id": str(cast.private.uid)}
    once = {"Idempotency-Key": "a1"}
    answers = [bob("POST", "questions", ask, **once) for _ in range(2)]
    assert len({said(answer)["message"]["id"] for answer in answers}) == 1
    assert bob("POST", "questions", ask | {"text": "Other?"}, **once).status_code == 422
    assert said(alice("POST", "questions", ask, **once))["message"]["id"] != said(answers[0])["message"]["id"]
    assert Message.objects.filter(conversation__user=cast.bob).count() == 1
    assert bob("POST", "questions", ask | {"text": ""}, **{"Idempotency-Key": "a2"}).status_code == 400
    assert (
        bob("POST", "questions", ask, **{"Idempotency-Key": "a2"}).status_code == 202
    )  # nothing was remembered
    files = [SimpleUploadedFile("new.md", b"# New\n\nWords.\n") for _ in range(2)]
    path = f"collections/{cast.private.uid}/files"
    sent = [said(alice.send_file(path, {"file": file}, **{"Idempotency-Key": "a3"})) for file in files]
    assert sent[0]["id"] == sent[1]["id"]
    assert Ingestion.objects.filter(path="new.md").count() == 1


def test_a_key_asks_in_conversations_of_its_own(cast: Cast) -> None:
    home = cast.private.workspace
    first, second = (key(cast.alice, home, "ask") for _ in range(2))
    asked = said(first("POST", "questions", {"text": "Leave?", "collection_id": str(cast.private.uid)}))
    path = f"conversations/{asked['conversation_id']}"
    assert first("GET", path).status_code == 200
    assert second("GET", path).status_code == person(cast.alice)("GET", path).status_code == 404
    assert Conversation.objects.get(uid=asked["conversation_id"]).visitor_key.startswith("key-")
    public = {"text": "Tickets?", "collection_id": str(cast.public.uid)}
    assert first("POST", "questions", public).status_code == 404


def sign_in(user: User, password: str) -> HttpResponse:
    answer: HttpResponse = Caller()("POST", "sessions", {"email": user.email, "password": password})
    return answer


def test_signing_in_and_out(cast: Cast) -> None:
    opened = said(sign_in(cast.alice, "x"))
    alice = Caller(**{"X-Session-Token": opened["session_token"]})
    assert said(alice("GET", "me"))["person"]["email"] == cast.alice.email
    assert alice("DELETE", "sessions/current").status_code == 204
    assert alice("GET", "me").status_code == 401


def test_what_ends_a_session_ends_its_token(cast: Cast) -> None:
    for end in (accounts.end_sessions, accounts.close_account):
        alice = Caller(**{"X-Session-Token": said(sign_in(cast.alice, "x"))["session_token"]})
        assert alice("GET", "me").status_code == 200
        end(cast.alice)
        assert alice("GET", "me").status_code == 401


def test_a_second_factor_is_asked_for(cast: Cast) -> None:
    give_app(cast.bob)
    waiting = sign_in(cast.bob, "x")
    assert (waiting.status_code, said(waiting)["code"]) == (401, "second_factor_required")
    begun = Caller(**{"X-Session-Token": said(waiting)["session_token"]})
    assert begun("GET", "me").status_code == 401
    assert begun("POST", "sessions/second-factor", {"code": "000000"}).status_code == 400
    opened = begun("POST", "sessions/second-factor", {"code": code()})
    assert opened.status_code == 201
    token = said(opened)["session_token"]
    assert Caller(**{"X-Session-Token": token})("GET", "me").status_code == 200


def test_wrong_passwords_are_limited(cast: Cast) -> None:
    found = [sign_in(cast.bob, f"wrong {number}").status_code for number in range(12)]
    assert found == [401] * 10 + [429] * 2
    assert sign_in(cast.bob, "x").status_code == 429
