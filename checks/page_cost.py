"""A5: pages take no longer, and no more memory, because there is more behind them."""

from __future__ import annotations

import re
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

from checks.browser import Browser
from checks.database import Change, Database, copy_row
from checks.hostile_files import many_html_sections, many_links, ordinary_text
from checks.installation import Checkout, Server
from checks.probes import Memory, at_once, probing
from checks.results import Check, Result, at_most, median, none_of

VIEWS = 10
DOCUMENT_SECONDS, COLLECTION_SECONDS, CONVERSATION_SECONDS = 0.3, 0.15, 0.3
LOAD_SECONDS = 300
DOCUMENTS, TURNS = 10_000, 2_000
ORIGINAL_MB, MEMORY_MB = 45, 60.0
MB = 1_000_000
AT_ONCE = 3
REQUESTS, SENDERS = 400, 8
FACT = "The lighthouse keeper of Skerryvore polishes the brass lamp every Thursday evening."
QUESTION = "When does the lighthouse keeper of Skerryvore polish the brass lamp?"


@dataclass
class Scene:
    server: Server
    database: Database
    member: Browser
    collection: str


def _scene(server: Server) -> Scene:
    member = server.member("member@example.org")
    return Scene(server, server.installation.database, member, member.new_collection("Papers"))


def large_documents(checkout: Checkout) -> Iterator[Result]:
    with checkout.installation("a5-documents").serving() as server:
        scene = _scene(server)
        yield from _document(scene, "A5.links-40000", "links-40.html", many_links(40_000), must_load=True)
        yield from _document(scene, "A5.links-70000", "links-70.html", many_links(70_000))
        yield from _document(scene, "A5.sections-200000", "sections.html", many_html_sections(200_000))
        yield from _document(scene, "A5.text-3MB", "text.txt", ordinary_text(3 * MB))


def _document(
    scene: Scene, check: str, name: str, content: bytes, *, must_load: bool = False
) -> Iterator[Result]:
    """The first and the last page of a document, or a refusal that says why."""
    scene.member.upload(scene.collection, name, content)
    found = scene.database.wait_for(name, LOAD_SECONDS)
    if found is None or not found.is_final or (must_load and found.state != "ready"):
        reason = f"{found.state} {found.reason}" if found else "not listed"
        yield Result(check, reason, f"ready within {LOAD_SECONDS} s", False)
        return
    if found.state == "failed":
        page = scene.member.get(f"/collections/{scene.collection}/").text
        row = page[page.find(name) :][:600]
        sentence = re.sub(r"<[^>]+>|\s+", " ", row).strip()
        yield Result(f"{check}.refused", found.reason, "a sentence", "." in sentence, sentence[:150])
        return
    address = f"/documents/{scene.database.document(name)}/"
    for place, path in (("first", address), ("last", f"{address}?part=999999")):
        yield from _viewed(f"{check}.{place}", scene.member, path, DOCUMENT_SECONDS)


def _viewed(check: str, browser: Browser, path: str, limit: float) -> Iterator[Result]:
    answers = [browser.get(path) for _ in range(VIEWS)]
    wrong = [str(answer.status) for answer in answers if answer.status != 200]
    yield at_most(check, median([answer.seconds for answer in answers]), limit, "s", ", ".join(wrong[:1]))
    yield none_of(f"{check}.status", wrong, f"of {VIEWS} other than 200")


def large_collection(checkout: Checkout) -> Iterator[Result]:
    installation = checkout.installation("a5-collection")
    with installation.serving() as server:
        scene = _scene(server)
        scene.member.upload(scene.collection, "doc-0.md", f"# Lighthouse\n\n{FACT}".encode())
        found = scene.database.wait_for("doc-0.md", 30)
        assert found is not None, "the first document was not listed"
        assert found.state == "ready", f"the first document is {found.state}"
        time.sleep(1)
    _multiply_documents(installation.database)
    with installation.serving() as server:
        member = server.returning("member@example.org")
        address = f"/collections/{scene.collection}/"
        for name, path in (("first", address), ("last", f"{address}?page=50"), ("start", "/")):
            yield from _viewed(f"A5.collection.{name}", member, path, COLLECTION_SECONDS)
        named = re.search(r'data-files="([^"]+)"', member.get(address).text)
        poll = named[1].replace("&amp;", "&") if named else f"{address}files.json"
        yield from _viewed("A5.collection.poll", member, poll, COLLECTION_SECONDS)


def _multiply_documents(database: Database) -> None:
    """Each has what the first one has: a version, a passage, and the way it came in."""
    count = DOCUMENTS - 1
    with database.writing() as connection:

        def first(table: str) -> int:
            return int(connection.execute(f"SELECT min(id) FROM {table}").fetchone()[0])  # noqa: S608

        def named(row: int) -> dict[str, object]:
            return {"path": f"doc-{row + 1}.md"}

        documents = copy_row(connection, "knowledge_document", first("knowledge_document"), count, named)
        versions = copy_row(
            connection,
            "knowledge_documentversion",
            first("knowledge_documentversion"),
            count,
            _belonging("document_id", documents),
        )
        passage = first("knowledge_passage")
        copy_row(connection, "knowledge_passage", passage, count, _belonging("version_id", versions))
        copy_row(
            connection,
            "knowledge_ingestion",
            first("knowledge_ingestion"),
            count,
            lambda row: {**named(row), "version_id": versions[row]},
        )


def _belonging(column: str, keys: range) -> Change:
    return lambda row: {column: keys[row]}


def long_conversation(checkout: Checkout) -> Iterator[Result]:
    installation = checkout.installation("a5-conversation")
    with installation.serving() as server:
        scene = _scene(server)
        _ask_about_fact(scene, "fact.md", f"# Lighthouse\n\n{FACT}".encode())
        time.sleep(1)
    conversation = uuid.UUID(installation.database.value("SELECT uid FROM chat_conversation"))
    _multiply_turns(installation.database)
    with installation.serving() as server:
        member = server.returning("member@example.org")
        yield from _viewed("A5.conversation", member, f"/conversations/{conversation}/", CONVERSATION_SECONDS)


def _ask_about_fact(scene: Scene, name: str, content: bytes) -> str:
    """Load the document and ask what it answers; the id of the answer. Raises AssertionError."""
    scene.member.upload(scene.collection, name, content)
    found = scene.database.wait_for(name, LOAD_SECONDS)
    assert found is not None, f"{name} was not listed"
    assert found.state == "ready", f"{name} is {found.state} {found.reason}"
    with scene.member.socket() as chat:
        frame = chat.ask(QUESTION, collection=scene.collection)
    assert frame["type"] == "answer.done", f"the question was answered by {frame}"
    assert scene.database.count("chat_quote"), "the answer quotes nothing"
    return str(uuid.UUID(scene.database.value("SELECT uid FROM chat_answer ORDER BY id DESC LIMIT 1")))


def _multiply_turns(database: Database) -> None:
    count = TURNS - 1
    with database.writing() as connection:
        message, answer, quote = (
            int(connection.execute(f"SELECT min(id) FROM {table}").fetchone()[0])  # noqa: S608
            for table in ("chat_message", "chat_answer", "chat_quote")
        )
        messages = copy_row(
            connection,
            "chat_message",
            message,
            count,
            lambda row: {"seq": 2 * row + 3, "client_id": uuid.uuid4().hex},
        )
        answers = copy_row(
            connection,
            "chat_answer",
            answer,
            count,
            lambda row: {"seq": 2 * row + 4, "message_id": messages[row]},
        )
        copy_row(connection, "chat_quote", quote, count, _belonging("answer_id", answers))
        connection.execute("UPDATE chat_conversation SET last_seq = ?", [2 * TURNS])


def streaming(checkout: Checkout) -> Iterator[Result]:
    """An original of 45 MB, of which the most is a comment that is no text."""
    with checkout.installation("a5-streaming").serving() as server:
        scene = _scene(server)
        comment = b"<!-- " + b"nothing to read here " * (ORIGINAL_MB * MB // 21) + b" -->"
        page = b"<html><body><h1>Lighthouse</h1><p>" + FACT.encode() + b"</p>" + comment + b"</body></html>"
        answer = _ask_about_fact(scene, "large.html", page)
        document = scene.database.document("large.html")
        time.sleep(2)
        original = f"/documents/{document}/versions/1/original/"
        yield from _memory_of(scene, "A5.original", lambda: _download(scene, original), len(page))
        proof = f"/answers/{answer}/proof/"
        yield from _memory_of(scene, "A5.proof", lambda: len(scene.member.get(proof).body), 1000)


def _memory_of(scene: Scene, check: str, load: Callable[[], int], least: int) -> Iterator[Result]:
    """Of several at once. `least` bytes must arrive: what was refused costs no memory and proves nothing."""
    received: list[int] = []
    memory = Memory(scene.server.process)
    with probing(memory):
        at_once(AT_ONCE, lambda: received.append(load()))
    yield at_most(f"{check}.memory", memory.grown, MEMORY_MB, "MB", f"{AT_ONCE} at once")
    short = [f"{size} bytes" for size in received if size < least]
    yield none_of(f"{check}.whole", short, "cut short or refused")


def _download(scene: Scene, path: str) -> int:
    """As over a slow line: the server must wait for the reader. Bytes that were received."""
    lines = (
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{scene.server.port}",
        f"Cookie: {scene.member.cookie_header()}",
        "Connection: close",
    )
    received = 0
    with closing(socket.create_connection(("127.0.0.1", scene.server.port), timeout=60)) as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        made.sendall("\r\n".join([*lines, "", ""]).encode())
        while piece := made.recv(262_144):
            received += len(piece)
            time.sleep(0.002)
    return received


def limits(checkout: Checkout) -> Iterator[Result]:
    """Requests that read much can be sent only so often."""
    with checkout.installation("a5-limits").serving() as server:
        scene = _scene(server)
        text = f"# Lighthouse\n\n{FACT}"
        answer = _ask_about_fact(scene, "fact.md", text.encode())
        scene.member.upload(scene.collection, "fact.md", f"{text} It is warm there.".encode())
        scene.database.wait_for("fact.md", 30)
        document = scene.database.document("fact.md")
        for name, path in (
            ("proof", f"/answers/{answer}/proof/"),
            ("original", f"/documents/{document}/versions/1/original/"),
            ("changes", f"/documents/{document}/changes/1/2/"),
        ):
            yield _limited(scene, name, path)
        yield _limited_resume(scene)


def _limited(scene: Scene, name: str, path: str) -> Result:
    statuses: list[int] = []

    def send() -> None:
        for _ in range(REQUESTS // SENDERS):
            statuses.append(scene.member.get(path).status)  # noqa: PERF401 - counted while others append

    at_once(SENDERS, send)
    refused = sum(status in {429, 503} for status in statuses)
    return Result(
        f"A5.limit.{name}",
        refused,
        f">= 1 of {REQUESTS} refused with 429 or 503",
        refused > 0 and set(statuses) <= {200, 429, 503},
        f"statuses {sorted(set(statuses))}",
    )


def _limited_resume(scene: Scene) -> Result:
    conversation = str(uuid.UUID(scene.database.value("SELECT uid FROM chat_conversation LIMIT 1")))
    refused = 0
    with scene.member.socket() as chat:
        for _ in range(REQUESTS):
            chat.send(type="resume", conversation=conversation, last_seq=0)
            refused += chat.until("resumed", "error")["type"] == "error"
    limit = f">= 1 of {REQUESTS} refused with an error frame"
    return Result("A5.limit.resume", refused, limit, refused > 0)


CHECKS = [
    Check("A5.documents", large_documents),
    Check("A5.collection", large_collection),
    Check("A5.conversation", long_conversation),
    Check("A5.streaming", streaming),
    Check("A5.limits", limits),
]
