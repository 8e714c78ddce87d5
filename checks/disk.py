"""A4: what a failed upload leaves behind, and a disk that is full."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from websockets.exceptions import WebSocketException

from checks.browser import Browser, Response, multipart
from checks.installation import Checkout, Installation, Server
from checks.results import Check, Result, at_most, none_of

DISK_MB = 40
LOCKED_SECONDS = 25  # longer than any wait for SQLite's lock
LEFT_BYTES = 2_000_000
MB = 1_000_000
COPIES = 12  # of a file, more than the smallest quota takes


def left_behind(checkout: Checkout) -> Iterator[Result]:
    installation = checkout.installation("a4-left")
    part = installation.folder / "files" / "1" / "abcdef.0123456789abcdef0123456789abcdef.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(b"half of a file")
    with installation.serving() as server:
        time.sleep(2)
        yield none_of("A4.part-files", [part.name] if part.exists() else [], ".part files after the start")
        part.unlink(missing_ok=True)
        member = server.member("member@example.org")
        collection = member.new_collection("Papers")
        before = _files(installation)
        _cut_off(server, member, collection)
        time.sleep(2)
        yield none_of("A4.cut-off-upload", _files(installation) - before, "files left behind")
        status = _upload_while_locked(installation, member, collection)
        yield none_of(
            "A4.failed-upload", _files(installation) - before, f"files left behind (status {status})"
        )
        before = _files(installation)
        refused = member.upload(collection, "x" * 2000 + ".md", b"# A name that no path may have\n\nText.")
        yield none_of(
            "A4.refused-upload", _files(installation) - before, f"files left behind (status {refused.status})"
        )


def _files(installation: Installation) -> set[str]:
    """Originals and temporary files; the database's own files are not counted."""
    folders = (installation.folder / "files", installation.scratch)
    return {str(file.name) for folder in folders for file in folder.rglob("*") if file.is_file()}


def _cut_off(server: Server, member: Browser, collection: str) -> None:
    """Half of a file of 30 MB, then the connection is gone."""
    border, body = multipart("half.txt", os.urandom(1) * 30 * MB, {})
    head = _head(server, member, f"/collections/{collection}/files/", border, len(body))
    with closing(socket.create_connection(("127.0.0.1", server.port))) as made:
        made.sendall(head + body[: len(body) // 2])
        time.sleep(1)


def _head(server: Server, member: Browser, path: str, border: str, size: int) -> bytes:
    lines = (
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        f"Cookie: {member.cookie_header()}",
        f"X-CSRFToken: {member.cookie('csrftoken')}",
        f"Referer: {server.address}/",
        f"Content-Type: multipart/form-data; boundary={border}",
        f"Content-Length: {size}",
    )
    return "\r\n".join([*lines, "", ""]).encode()


def _upload_while_locked(installation: Installation, member: Browser, collection: str) -> int:
    """The file is on the disk before its row can be written, and never is."""
    answers: list[Response] = []
    sender = threading.Thread(
        target=lambda: answers.append(member.upload(collection, "locked.md", b"# Locked\n\nText."))
    )
    with installation.database.locked():
        sender.start()
        sender.join(LOCKED_SECONDS)
    sender.join()
    return answers[0].status if answers else 0


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Raises AssertionError where none can be mounted."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert mounted.returncode == 0, (
        f"no small disk can be mounted here (needs root): {mounted.stderr.strip()}"
    )
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)


def full_disk(checkout: Checkout) -> Iterator[Result]:
    with small_disk(checkout.folder / "disk") as disk:
        template = checkout.installation("a4-full")
        shutil.copytree(template.folder, disk / "data")
        installation = Installation(
            checkout.root, disk / "data", {"QUOTH_FAKE_ENCODER": "True", "TMPDIR": str(template.scratch)}
        )
        installation.configure({"member_questions_per_minute": 1_000_000})
        with installation.serving() as server:
            member = server.member("member@example.org")
            collection = member.new_collection("Papers")
            text = b"# Parking\n\nVisitors park behind the house."
            member.upload(collection, "one.md", text)
            installation.database.wait_for("one.md", 20)
            _fill(disk, LEFT_BYTES)
            yield from _nearly_full(installation, member, collection)
            _fill(disk, 0)
            yield from _full(server, member, collection)


def _fill(disk: Path, leave: int) -> None:
    """Until so many bytes are left; 0 takes what other writers freed meanwhile, too."""
    filler = (disk / f"filler-{leave}").open("wb", buffering=0)
    with filler, suppress(OSError):
        while os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize > leave:
            filler.write(b"\0" * min(100_000, max(1, leave or 4096)))


def _nearly_full(installation: Installation, member: Browser, collection: str) -> Iterator[Result]:
    before = {file.name for file in (installation.folder / "files").rglob("*") if file.is_file()}
    response = member.upload(collection, "large.txt", b"Words of a file. " * 70_000)
    yield _refused("A4.disk.reserve", response)
    after = {file.name for file in (installation.folder / "files").rglob("*") if file.is_file()}
    yield none_of("A4.disk.left-behind", after - before, "files left behind")


def _refused(check: str, response: Response) -> Result:
    """A refusal in a sentence: no success, and nothing unforeseen."""
    passed = response.status in {413, 429, 503, 507} and has_sentence(response)
    return Result(check, response.status, "413, 429, 503 or 507 and a sentence", passed, response.text[:150])


def has_sentence(response: Response) -> bool:
    kind = response.headers.get_content_type()
    if kind == "application/problem+json":
        return " " in str(response.json().get("detail", ""))
    return " " in response.text.strip() and "Traceback" not in response.text


def _full(server: Server, member: Browser, collection: str) -> Iterator[Result]:
    visits = {path: server.browser().get(path).status for path in ("/", "/accounts/login/", "/healthz")}
    wrong = [f"{path}: {status}" for path, status in visits.items() if status != 200]
    yield none_of("A4.disk.visitor", wrong, "pages other than 200")
    ready = server.browser().get("/readyz")
    named = ready.status == 503 and "disk" in ready.text
    yield Result("A4.disk.readyz", ready.status, "503 that names the disk", named, ready.text[:150])
    form = member.form("/", field="text")
    asked = member.post("/ask/", form.fields | {"text": "Where do visitors park?", "collection": collection})
    problems = [] if asked.status < 500 or asked.status in {503, 507} else [f"form: {asked.status}"]
    problems += _asked_over_a_socket(member, collection)
    yield none_of("A4.disk.asking", problems, "failures without a sentence")


def _asked_over_a_socket(member: Browser, collection: str) -> list[str]:
    try:
        with member.socket() as socket_:
            frame = socket_.ask("Where do visitors park?", timeout=40, collection=collection)
    except (OSError, WebSocketException) as error:
        return [f"socket: {type(error).__name__} {error}"]
    fine = frame["type"] == "answer.done" or " " in frame.get("message", "")
    return [] if fine else [f"socket: {frame}"]


def quota(checkout: Checkout) -> Iterator[Result]:
    """The key's name is the product's choice: any that speaks of a workspace's bytes or of a quota."""
    installation = checkout.installation("a4-quota")
    keys = [key for key in installation.keys_of_config() if "quota" in key or key.startswith("workspace_")]
    if not keys:
        yield Result("A4.quota", "none", "a quota in quoth.yaml", False, "no key names one")
        return
    installation.configure({key: 2 if "mb" in key else 2 * MB for key in keys})
    with installation.serving() as server:
        member = server.member("member@example.org")
        collection = member.new_collection("Papers")
        for number in range(COPIES):
            response = member.upload(collection, f"{number}.txt", f"Text {number}. ".encode() * 40_000)
            if response.status >= 400:
                break
        yield _refused("A4.quota", response)
        stored = sum(
            file.stat().st_size for file in (installation.folder / "files").rglob("*") if file.is_file()
        )
        yield at_most("A4.quota.stored", stored / MB, 2.0, "MB kept")


CHECKS = [
    Check("A4.left-behind", left_behind),
    Check("A4.full-disk", full_disk),
    Check("A4.quota", quota),
]
