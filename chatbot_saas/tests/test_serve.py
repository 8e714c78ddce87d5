"""The embedded profile in one process with the real weights: asks over a socket and gets quotes."""

from __future__ import annotations

import io
import json
import shlex
import sqlite3
import statistics
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command
from websockets.exceptions import ConnectionClosedError

from apps.chat.config import chat_config
from chatbot_saas.serving.server import FRAMES_LARGER
from chatbot_saas.tests.installation import ROOT, Browser, Installation, Server

QUESTION = "Which variable sets the folder for the database and the original files?"
WORDS = "QUOTH_DATA_DIR"


@pytest.fixture(scope="module")
def server(demo: Installation) -> Iterator[Server]:
    with demo.serving() as server:
        yield server


@pytest.fixture
def member(server: Server, logins: dict[str, str]) -> Browser:
    browser = server.browser()
    browser.sign_in("member@example.org", logins["member@example.org"])
    return browser


def test_a_visitor_gets_quotes(server: Server, collection: str) -> None:
    browser = server.browser()
    conversation = browser.ask(QUESTION, collection).split("/")[2]
    with browser.socket() as socket:
        socket.send(type="resume", conversation=conversation, last_seq=0)
        answer = socket.until("answer.done")["answer"]
    assert answer["status"] in {"answered", "partial"}
    quoted = [quote["text"] for quote in answer["quotes"]]
    assert any(WORDS in text for text in quoted)
    sources = "".join(path.read_text() for path in (ROOT / "docs").rglob("*.md"))
    assert all(text.split()[0] in sources for text in quoted)
    first = answer["quotes"][0]
    assert first["document"] in browser.get(f"/documents/{first['document_id']}/")


def test_the_lines_of_the_quick_start_answer_a_question(server: Server, logins: dict[str, str]) -> None:
    page = (ROOT / "docs/developer/api.md").read_text()
    lines = page.partition("```sh\n")[2].partition("```")[0]
    lines = lines.replace("http://127.0.0.1:8000", server.address)
    lines = lines.replace("your-password", shlex.quote(logins["member@example.org"]))
    done = subprocess.run(["sh", "-euc", lines], capture_output=True, text=True, check=True)
    asked = json.loads(done.stdout)
    assert asked["answer"]["state"] == "done"
    assert WORDS in asked["answer"]["quotes"][0]["text"]


def test_an_idle_server_answers_as_fast_as_a_busy_one(member: Browser, collection: str) -> None:
    """An answer from another thread that does not wake the idle event loop would wait up to 3 s."""
    with member.socket() as socket:
        conversation = socket.begin(QUESTION, collection=collection)["conversation"]
        socket.until("answer.done")

        def seconds(pause: float) -> float:
            time.sleep(pause)
            started = time.perf_counter()
            socket.ask(QUESTION, conversation=conversation)
            return time.perf_counter() - started

        busy = statistics.median(seconds(0) for _ in range(7))
        idle = statistics.median(seconds(1.5) for _ in range(5))
    assert idle < 3 * busy + 0.25


def test_a_frame_that_is_too_large_leaves_the_socket_open(server: Server, collection: str) -> None:
    browser = server.browser()
    browser.ask(QUESTION, collection)
    with browser.socket() as socket:
        wire = socket._connection
        wire.send(" " * (chat_config().max_frame_bytes + 1))
        assert json.loads(wire.recv(10))["code"] == "too_long"
        socket.send(type="ping")
        socket.until("pong")
        wire.send(" " * (chat_config().max_frame_bytes * FRAMES_LARGER + 1))
        with pytest.raises(ConnectionClosedError) as closed:
            wire.recv(10)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


def test_a_database_that_is_locked_delays_no_reading(
    demo: Installation, server: Server, collection: str
) -> None:
    browser = server.browser()
    browser.ask(QUESTION, collection)
    with browser.socket() as asking, browser.socket() as other:
        with closing(sqlite3.connect(demo.folder / "quoth.sqlite3", isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            asking.send(
                type="message.send", client_id=str(uuid.uuid4()), text=QUESTION, collection=collection
            )
            began = time.monotonic()
            for socket in (asking, other):
                socket.send(type="ping")
                socket.until("pong")
            browser.get("/")
            assert time.monotonic() - began < 1
            while (frame := json.loads(asking._connection.recv(20)))["type"] != "error":
                pass  # the first answer may arrive now
            assert frame["code"] == "unavailable"
            assert time.monotonic() - began < 8
            database.execute("ROLLBACK")
        assert asking.ask(QUESTION, collection=collection)["state"] == "done"


def test_an_upload_that_is_cut_off_leaves_nothing_behind(
    demo: Installation, logins: dict[str, str], collection: str
) -> None:
    files = demo.folder / "files"
    before = set(files.rglob("*"))
    with demo.serving() as server:
        browser = server.browser()
        browser.sign_in("admin@example.org", logins["admin@example.org"])
        with closing(
            browser.begin_upload(f"/collections/{collection}/files/", b"x" * (3 << 20), announced=5 << 20)
        ):
            time.sleep(1)  # the file is on the disk now
            server.kill()
    assert set(files.rglob("*")) == before
    assert list((demo.folder / "incoming").iterdir()) == []


def test_a_question_survives_kill_9(demo: Installation, logins: dict[str, str], collection: str) -> None:
    with demo.serving() as first:
        browser = first.browser()
        browser.sign_in("admin@example.org", logins["admin@example.org"])
        with browser.socket() as socket:
            accepted = [socket.begin(QUESTION, collection=collection) for _ in range(3)]
            first.kill()
    with demo.serving() as second:
        again = Browser(second.address)
        again.sign_in("admin@example.org", logins["admin@example.org"])
        with again.socket() as socket:
            for question in accepted:
                socket.send(type="resume", conversation=question["conversation"], last_seq=1)
                done = socket.until("answer.done")
                assert done["answer"]["message"] in {each["message"]["id"] for each in accepted}


def test_its_address_is_printed_for_programs(demo: Installation, free_port: int) -> None:
    with demo.process("serve", "--port", str(free_port), "--json", until="address") as child:
        child.terminate()
        child.wait(20)
        (log,) = (path for path in demo.folder.glob("*.log") if "address" in path.read_text())
        assert json.loads(log.read_text()) == {"address": f"http://127.0.0.1:{free_port}"}


def test_it_stops_when_told(demo: Installation) -> None:
    with demo.serving() as server:
        started = time.monotonic()
        server.process.terminate()
        assert server.process.wait(20) in {0, -15}
    assert time.monotonic() - started < 15


def test_a_port_that_is_taken(demo: Installation, server: Server) -> None:
    port = server.address.rsplit(":", 1)[1]
    with pytest.raises(AssertionError, match="cannot be used"):
        demo.manage("serve", "--port", port)


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_worker_that_does_not_start_ends_it_with_a_sentence(
    command: str, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("the worker for ingest did not start")

    monkeypatch.setattr("chatbot_saas.serving.lifespan._start_workers", broken)
    monkeypatch.setattr("chatbot_saas.management.commands.demo.prepare", lambda report: [])
    with pytest.raises(CommandError, match="The server did not start") as caught:
        call_command(command, port=free_port, stderr=io.StringIO())
    assert caught.value.returncode == 1
