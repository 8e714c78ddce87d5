"""A3: one workspace's file does not stop another workspace's work."""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from checks.browser import Browser, Response
from checks.chat_socket import Asked, Socket
from checks.database import Database, Ingestion
from checks.hostile_files import FILES, ordinary_text
from checks.installation import Checkout, Installation, Server
from checks.probes import Memory, Pages, WriteLock, cpu_seconds, probing, wait_until
from checks.questions import distinct_questions, documents
from checks.results import Check, Result, at_most, none_of, p95

BUSY, BYSTANDER = "busy@example.org", "bystander@example.org"
QUIET_QUESTIONS, LEAST_QUESTIONS, MOST_QUESTIONS = 40, 30, 240
EVERY = 0.25  # seconds from one question to the next
WARM_UP = 30
SETTLE_SECONDS = 4
QUIET_RATIO, SMALL_SECONDS, LOCK_SECONDS, MEMORY_MB, HEALTH_SECONDS = 2.0, 15.0, 0.5, 200.0, 0.1
WAIT_FOR_SMALL = 60.0
CANCEL_SECONDS, STOPPED_AFTER = 1.0, 2.0
IDLE_SHARE = 0.25  # of one processor, over the seconds that are watched after a cancellation
FILES_AHEAD, FILES_PASSED = 50, 10


@dataclass
class Scene:
    """Two people with workspaces of their own; the bystander's collection holds the documentation."""

    server: Server
    database: Database
    busy: Browser
    busy_collection: str
    bystander: Browser
    collection: str


@contextmanager
def staged(checkout: Checkout, name: str) -> Iterator[Scene]:
    """A server of its own, with the people and documents that are made once for all of these checks."""
    if "tenants" not in checkout.prepared:
        checkout.prepared["tenants"] = _prepared(checkout)
    with checkout.copy(checkout.prepared["tenants"], name).serving() as server:
        busy, bystander = server.returning(BUSY), server.returning(BYSTANDER)
        ids = dict(server.installation.database.query("SELECT name, uid FROM knowledge_collection"))
        time.sleep(SETTLE_SECONDS)
        yield Scene(
            server,
            server.installation.database,
            busy,
            str(uuid.UUID(ids["Busy"])),
            bystander,
            str(uuid.UUID(ids["Bystander"])),
        )


def _prepared(checkout: Checkout) -> Installation:
    installation = checkout.installation("tenants", model=True)
    with installation.serving() as server:
        server.member(BUSY).new_collection("Busy")
        bystander = server.member(BYSTANDER)
        collection = bystander.new_collection("Bystander")
        names = {path.replace("/", "-"): content for path, content in documents()}
        for name, content in names.items():
            bystander.upload(collection, name, content)
        for name in names:
            found = installation.database.wait_for(name, 120)
            assert found is not None, f"{name} did not arrive"
            assert found.state == "ready", f"{name} is {found.state}"
        time.sleep(SETTLE_SECONDS)  # questions to suggest are looked for
    return installation


def beside_a_file(kind: str) -> Check:
    name, make = FILES[kind]
    check = f"A3.{kind}"

    def run(checkout: Checkout) -> Iterator[Result]:
        with staged(checkout, f"a3-{kind}") as set_up, set_up.bystander.socket() as socket:
            yield from measured(check, set_up, socket, name, make())

    return Check(check, run)


def measured(check: str, scene: Scene, socket: Socket, name: str, content: bytes) -> Iterator[Result]:
    texts = iter(distinct_questions(WARM_UP + QUIET_QUESTIONS + MOST_QUESTIONS))
    socket.ask_at_pace(list(itertools.islice(texts, WARM_UP)), scene.collection, every=EVERY)
    with probing(*_probes(scene)):  # they take time of their own, so they run beside the quiet questions, too
        quiet = socket.ask_at_pace(
            list(itertools.islice(texts, QUIET_QUESTIONS)), scene.collection, every=EVERY
        )
    lock, memory, health = _probes(scene)
    upload = Upload(lambda: scene.busy.upload(scene.busy_collection, name, content))
    small = Small(scene)
    with probing(lock, memory, health):
        upload.start()
        small.start()
        loaded = socket.ask_at_pace(
            list(texts), scene.collection, every=EVERY, go_on=lambda asked: _goes_on(scene, name, asked)
        )
        small.join()
    yield from _bystander(check, quiet, loaded)
    yield at_most(f"{check}.small-upload", small.seconds, SMALL_SECONDS, "s", small.note)
    yield at_most(f"{check}.write-lock", lock.longest, LOCK_SECONDS, "s")
    yield at_most(f"{check}.memory", memory.grown, MEMORY_MB, "MB", f"quiet {memory.before:.0f} MB")
    yield at_most(f"{check}.healthz", p95(health.seconds), HEALTH_SECONDS, "s", ", ".join(health.failed[:1]))
    upload.join()
    yield _end(check, scene, name)


def _probes(scene: Scene) -> tuple[WriteLock, Memory, Pages]:
    return WriteLock(scene.database.file), Memory(scene.server.process), Pages(scene.server.browser())


def _goes_on(scene: Scene, name: str, asked: int) -> bool:
    """At least the number that is demanded, and more while the file is taken in."""
    if asked < LEAST_QUESTIONS:
        return True
    found = scene.database.ingestion(name)
    return found is None or not found.is_final


def _bystander(check: str, quiet: Asked, loaded: Asked) -> Iterator[Result]:
    before, during = p95(quiet.seconds), p95(loaded.seconds)
    slowest = max(loaded.seconds, default=0.0)
    note = f"{during:.3f} s of {len(loaded.seconds)}, quiet {before:.3f} s, slowest {slowest:.3f} s"
    yield at_most(f"{check}.bystander", during / before if before else 0.0, QUIET_RATIO, "x quiet", note)
    yield none_of(f"{check}.unavailable", loaded.problems, "questions without an answer")


def _end(check: str, scene: Scene, name: str) -> Result:
    """The file is ready, or it failed with a reason; one that still is in work can be cancelled."""
    found = scene.database.ingestion(name)
    if found is None:
        return Result(f"{check}.end", "not listed", "ready, a reason or cancelled", False)
    if found.is_final:
        passed = found.state == "ready" or bool(found.reason)
        return Result(f"{check}.end", found.state, "ready, a reason or cancelled", passed, found.reason)
    seconds = cancel(scene, found)
    return at_most(f"{check}.end", seconds, CANCEL_SECONDS, "s until cancelled", f"still {found.state}")


def cancel(scene: Scene, ingestion: Ingestion) -> float:
    """Seconds until its row says so."""
    started = time.monotonic()
    path = f"/collections/{scene.busy_collection}/files/{ingestion.uid}/cancel/"
    scene.busy.post(path, {})
    wait_until(lambda: _is_final(scene.database, ingestion.path), 60)
    return time.monotonic() - started


def _is_final(database: Database, path: str) -> bool:
    found = database.ingestion(path)
    return found is not None and found.is_final


class Upload(threading.Thread):
    def __init__(self, send: Callable[[], Response]) -> None:
        super().__init__(daemon=True)
        self._send = send

    def run(self) -> None:
        self._send()


class Small(threading.Thread):
    """The bystander's own small file, three seconds after the large one."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(daemon=True)
        self._scene = scene
        self.seconds = WAIT_FOR_SMALL
        self.note = ""

    def run(self) -> None:
        time.sleep(3)
        started = time.monotonic()
        text = "# Parking\n\nVisitors park behind the house. The gate opens at seven.\n"
        response = self._scene.bystander.upload(self._scene.collection, "small.md", text.encode())
        found = self._scene.database.wait_for("small.md", WAIT_FOR_SMALL)
        self.seconds = time.monotonic() - started
        self.note = f"status {response.status}, {found.state if found else 'not listed'}"


def fair(checkout: Checkout) -> Iterator[Result]:
    """A small file is not behind fifty files of another workspace."""
    with staged(checkout, "a3-fair") as set_up:
        for number in range(FILES_AHEAD):
            content = ordinary_text(60_000, seed=number + 10)
            set_up.busy.upload(set_up.busy_collection, f"ahead-{number}.txt", content)
        passed = _finished(set_up.database)
        small = Small(set_up)
        small.run()
        passed = _finished(set_up.database) - passed
        yield at_most("A3.fair.small-upload", small.seconds, SMALL_SECONDS, "s", small.note)
        yield at_most("A3.fair.passed", passed, FILES_PASSED, f"of {FILES_AHEAD} other files ready before it")


def _finished(database: Database) -> int:
    return int(
        database.value(
            "SELECT count(*) FROM knowledge_ingestion WHERE path LIKE 'ahead-%' AND state = 'ready'"
        )
    )


def cancelled(checkout: Checkout) -> Iterator[Result]:
    """Cancelling stops the work, in each state that takes long."""
    with staged(checkout, "a3-cancel") as set_up:
        for state, size in (("reading", 19_900_000), ("indexing", 1_500_000)):
            yield from _cancelled_in(set_up, state, ordinary_text(size, seed=size))


def _cancelled_in(scene: Scene, state: str, content: bytes) -> Iterator[Result]:
    check, name = f"A3.cancel.{state}", f"{state}.txt"
    scene.busy.upload(scene.busy_collection, name, content)
    wait_until(lambda: _reached(scene.database, name, state), 60, every=0.01)
    time.sleep(0.5)
    found = scene.database.ingestion(name)
    if found is None or found.is_final:
        state_then = found.state if found else "not listed"
        yield Result(check, "not measured", "cancelled in work", False, f"it was {state_then} already")
        return
    yield at_most(f"{check}.row", cancel(scene, found), CANCEL_SECONDS, "s")
    time.sleep(STOPPED_AFTER)
    rows, used = _written(scene.database), cpu_seconds(scene.server)
    time.sleep(3)
    share = max(0.0, cpu_seconds(scene.server) - used) / 3
    yield at_most(f"{check}.work", share, IDLE_SHARE, "of a processor, 2 to 5 s later", found.state)
    yield at_most(f"{check}.rows", _written(scene.database) - rows, 0, "rows written, 2 to 5 s later")


def _reached(database: Database, name: str, state: str) -> bool:
    found = database.ingestion(name)
    return found is not None and (found.state == state or found.is_final)


def _written(database: Database) -> int:
    tables = ("knowledge_passage", "knowledge_sentence", "knowledge_embedding", "knowledge_documentlink")
    return sum(database.count(table) for table in tables)


CHECKS = [
    *(beside_a_file(kind) for kind in FILES),
    Check("A3.fair", fair),
    Check("A3.cancel", cancelled),
]
