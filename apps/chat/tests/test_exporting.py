"""A conversation as Markdown, as JSON and as a page to print."""

from __future__ import annotations

import json
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from markdown_it import MarkdownIt
from pytest_django import DjangoAssertNumQueries

from apps.accounts.viewer import Viewer
from apps.chat import selectors
from apps.chat.answering.drafts import Status
from apps.chat.models import Message
from apps.chat.pages import export_views
from apps.chat.pages.markdown_export import escaped, fenced
from apps.chat.presentation.answer_json import answer_json
from apps.chat.presentation.conversation_json import conversation_json
from apps.chat.services import send_message
from apps.chat.tests.cast import SENTENCE, Cast, client_of, finish, make_cast, span
from apps.common.site import site_origin
from apps.common.tests.html import get, parse
from apps.knowledge.services import delete_document

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
HOSTILE = "# Not a heading\n1. *not* a list <img src=x onerror=alert(1)> [x](javascript:alert(1)) `a`"


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    return make_cast()


def test_markdown_has_every_quote_word_for_word_with_its_source(cast: Cast) -> None:
    _ask(cast, HOSTILE, SENTENCE)
    text = _export(client_of(cast.alice), "markdown", cast)
    assert text.startswith("# How much leave do I get?\n\nCollection: Staff handbook.")
    assert f"```text\n{SENTENCE}\n```" in text
    document = cast.version.document.uid
    assert f"<{site_origin()}/documents/{document}/versions/1/?start=" in text
    assert "**Strong match** 2 quotes" in text
    assert escaped(HOSTILE) in text
    assert "\n# Not" not in text
    assert "This question is not answered yet." in _export_of_waiting(cast)


@pytest.mark.parametrize("text", [HOSTILE, "- a\n+ b\n= c\n2) d", "a\\b_c", "E-1042", "x < y & z"])
def test_escaped_text_reads_as_it_was(text: str) -> None:
    html = MarkdownIt("commonmark").render(escaped(text))
    assert parse(html).one("p").text == text
    assert html.count("<") == 2 + text.count("\n")  # no elements but the paragraph and the ends of its lines


@pytest.mark.parametrize("text", ["a\tb\n  c", "```\nx\n````", "<script>", "# x"])
def test_fenced_text_is_left_as_it_is(text: str) -> None:
    first, *lines, last = fenced(text).split("\n")
    assert "\n".join(lines) == text
    assert first == f"{last}text"
    assert last not in lines


def test_json_has_facts_and_answers_as_the_command_prints_them(cast: Cast) -> None:
    waiting = _send(cast, "And for part-time staff?")
    found = json.loads(_export(client_of(cast.alice), "json", cast))
    assert found["conversation"]["id"] == str(cast.answer.conversation.uid)
    assert found["conversation"]["collection"] == "Staff handbook"
    first, second = found["turns"]
    assert first["answer"] == json.loads(json.dumps(answer_json(cast.answer)))
    assert (second["id"], second["state"], second["answer"]) == (str(waiting.uid), "pending", None)


def test_deleted_documents_are_not_exported(cast: Cast) -> None:
    delete_document(cast.version.document)
    for kind in ("markdown", "json"):
        assert SENTENCE not in _export(client_of(cast.alice), kind, cast)


def test_an_export_is_read_in_chunks(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(selectors, "CHUNK", 2)
    for number in range(4):
        _send(cast, f"Question {number}?")
    conversation = selectors.conversation_for(Viewer(user=cast.alice), cast.answer.conversation.uid)
    with django_assert_num_queries(4 + 1):  # three chunks and the end, and quotes of the answered question
        text = "".join(conversation_json(conversation))
    assert [turn["question"] for turn in json.loads(text)["turns"]][1:] == [
        f"Question {number}?" for number in range(4)
    ]


def test_a_page_to_print(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_views, "PRINTED", 1)
    _ask(cast, "And travel?", "Keep your tickets.")
    client, address = client_of(cast.alice), _address("print_conversation", cast)
    first = get(client, address)
    assert "at most 1 questions" in first.words
    second = get(client, address + first.one("nav.parts a[rel=next]")["href"])
    assert [page.one(".asked p").text for page in (first, second)] == [
        "How much leave do I get?",
        "And travel?",
    ]
    assert not second.has("nav.parts a[rel=next]")
    for odd in ("?after=x", "?after=-1", f"?after={'9' * 30}"):
        get(client, address + odd)


def _ask(cast: Cast, text: str, words: str) -> None:
    finish(_send(cast, text).answer, Status.ANSWERED, quotes=(span(cast.version, words),))


def _send(cast: Cast, text: str) -> Message:
    return send_message(
        Viewer(user=cast.alice), client_id=uuid.uuid4(), text=text, conversation=cast.answer.conversation.uid
    ).message


def _export_of_waiting(cast: Cast) -> str:
    _send(cast, "And for part-time staff?")
    return _export(client_of(cast.alice), "markdown", cast)


def _export(client: Client, kind: str, cast: Cast) -> str:
    response = client.get(_address(f"export_{kind}", cast))
    assert "attachment" in response["Content-Disposition"]
    return response.getvalue().decode()


def _address(name: str, cast: Cast) -> str:
    return reverse(name, args=[cast.answer.conversation.uid])
