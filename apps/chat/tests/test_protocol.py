"""Frames in are typed or refused; frames out are what docs/developer/protocol.md says."""

from __future__ import annotations

import json
import uuid
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.chat.presentation.conversation_views import MessageView
from apps.chat.sockets.protocol import (
    Accepted,
    FrameError,
    Options,
    Ping,
    Resume,
    Send,
    Watch,
    dump,
    parse_frame,
    parse_options,
)
from apps.common.errors import Code

ID = "01a2091f-4438-7458-990f-de3dfc4fb657"
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def frame(**fields: object) -> str:
    return json.dumps(fields)


def code_of(raw: str) -> tuple[Code, str | None]:
    with pytest.raises(FrameError) as error:
        parse_frame(raw)
    return error.value.code, error.value.client_id


def test_each_frame() -> None:
    uid = uuid.UUID(ID)
    sent = parse_frame(frame(type="message.send", client_id=ID, text="Why?", collection=ID))
    assert sent == Send(type="message.send", client_id=uid, text="Why?", collection=uid)
    assert parse_frame(frame(type="resume", conversation=ID, last_seq=3)) == Resume(
        type="resume", conversation=uid, last_seq=3
    )
    assert isinstance(parse_frame(frame(type="watch", collection=ID)), Watch)
    assert isinstance(parse_frame(frame(type="ping")), Ping)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "{",
        "[]",
        "null",
        "NaN",
        '"ping"',
        frame(type="pong"),
        frame(type="ping", extra=1),
        frame(type="resume", conversation=ID, last_seq=-1),
        frame(type="resume", conversation=ID, last_seq=2**80),
        frame(type="resume", conversation="me", last_seq=0),
        frame(type="message.send", text="Why?"),
        frame(type="message.send", client_id=ID, text=7),
        '{"type": "ping"' + ', "a": [' * 5000,
    ],
)
def test_what_is_no_frame(raw: str) -> None:
    assert code_of(raw) == (Code.INVALID, None if "Why" in raw or ID not in raw else _client_id(raw))


def test_an_error_names_the_message_it_is_about() -> None:
    assert code_of(frame(type="message.send", client_id=ID)) == (Code.INVALID, ID)
    assert code_of(frame(type="message.send", client_id=[1])) == (Code.INVALID, None)


def test_surrogates_are_no_text() -> None:
    assert code_of(frame(type="message.send", client_id=ID, text="\ud800"))[0] is Code.INVALID


def test_size_counts_bytes() -> None:
    text = "ß" * 40_000
    assert code_of(frame(type="message.send", client_id=ID, text=text, collection=ID))[0] is Code.TOO_LONG


@given(st.text() | JSON.map(lambda value: json.dumps(value)))
def test_nothing_else_is_raised(raw: str) -> None:
    with suppress(FrameError):
        parse_frame(raw)


def test_a_frame_out_is_one_json_object() -> None:
    message = MessageView("m", 1, "<b>ü</b>", datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    neutral = {
        "type": "message.accepted",
        "client_id": "c",
        "conversation": "v",
        "message": {"id": "m", "seq": 1, "text": "<b>ü</b>", "created_at": "2026-11-23T12:00:00Z"},
        "questions_left": None,
    }
    assert json.loads(dump(Accepted("c", "v", message))) == neutral
    assert json.loads(dump(Accepted("c", "v", message, html="<li>"))) == neutral | {"html": "<li>"}


@pytest.mark.parametrize(
    ("query", "options"),
    [
        (b"", Options(html=False, language="en")),
        (b"html=1&language=en", Options(html=True, language="en")),
        (b"language=en-gb", Options(html=False, language="en")),
        (b"html=0&language=tlh&other=1", Options(html=False, language="en")),
        (b"html=%ff&language=\xff\x00", Options(html=False, language="en")),
        (b"language=" + b"x" * 600, Options(html=False, language="en")),
    ],
)
def test_what_the_address_asks_for(query: bytes, options: Options) -> None:
    assert parse_options(query) == options


def _client_id(raw: str) -> str | None:
    found = json.loads(raw).get("client_id") if raw.startswith("{") and raw.endswith("}") else None
    return found if isinstance(found, str) else None
