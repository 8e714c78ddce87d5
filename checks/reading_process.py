"""A3: the process that opens strangers' files has few rights, and no way to other people's documents."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from checks.hostile_files import ordinary_text
from checks.injection import can_open
from checks.installation import Checkout, Installation, Server
from checks.probes import wait_until
from checks.results import Check, Result, none_of

WAIT_SECONDS = 60
READ_BYTES, START_CPU_SECONDS = 19_900_000, 1.5


def confined(checkout: Checkout) -> Iterator[Result]:
    installation = checkout.installation("a3-reader")
    installation.folder.chmod(0o755)  # what protects the folder must not be its mode alone
    with installation.serving() as server:
        member = server.member("member@example.org")
        content = ordinary_text(READ_BYTES)
        member.upload(member.new_collection("Papers"), "text.txt", content)
        wait_until(lambda: _is_at_work(server), WAIT_SECONDS, every=0.01)
        assert server.readers(), "no reading process was seen at work"
        child = server.readers()[0]
        child.suspend()  # so that it stays while it is looked at
        yield _place(child, installation, checkout.root)
        yield _file_size(child)
        yield _rights(child, server)
        yield from _reach(child, installation)
        with suppress(psutil.NoSuchProcess):
            child.resume()


def _is_at_work(server: Server) -> bool:
    """It has started, and given up the rights that it does not need: now it reads the file."""
    with suppress(psutil.NoSuchProcess, IndexError):
        times = server.readers()[0].cpu_times()
        return float(times.user + times.system) > START_CPU_SECONDS
    return False


def _place(child: psutil.Process, installation: Installation, root: Path) -> Result:
    place = Path(child.cwd())
    inside = [str(folder) for folder in (root, installation.folder) if place.is_relative_to(folder)]
    return none_of("A3.reader.folder", inside, "working directories inside the code or the data")


def _file_size(child: psutil.Process) -> Result:
    limits = Path(f"/proc/{child.pid}/limits").read_text()
    found = re.search(r"Max file size\s+(\S+)", limits)
    figure = found[1] if found else "not read"
    return Result("A3.reader.file-size", figure, "a limit", figure.isdigit(), "RLIMIT_FSIZE in bytes")


def _rights(child: psutil.Process, server: Server) -> Result:
    """A user of its own or a filter of system calls; and in each case no way to more rights."""
    text = Path(f"/proc/{child.pid}/status").read_text()
    facts = dict(re.findall(r"(?m)^(NoNewPrivs|Seccomp):\s+(\d+)", text))
    user = "another user" if child.uids().real != server.process.uids().real else "the server's user"
    figure = f"NoNewPrivs {facts.get('NoNewPrivs')}, Seccomp {facts.get('Seccomp')}, {user}"
    return Result("A3.reader.rights", figure, "NoNewPrivs 1", facts.get("NoNewPrivs") == "1")


def _reach(child: psutil.Process, installation: Installation) -> Iterator[Result]:
    """What it can open is tried out; doctor must say so where nothing can keep it from that."""
    written = installation.folder / "written-by-the-reader"
    attempts = {
        "the data folder": (installation.folder, os.O_RDONLY | os.O_DIRECTORY),
        "the database": (installation.database.file, os.O_RDONLY),
        "a new file in the data folder": (written, os.O_WRONLY | os.O_CREAT),
    }
    opened = []
    for name, (path, flags) in attempts.items():
        if psutil.pid_exists(child.pid) and can_open(child.pid, path, flags):
            opened.append(name)
    said = _doctor(installation) if opened else ""
    check = none_of("A3.reader.reach", opened, "places in the data folder that it can open")
    yield Result(check.check, check.figure, check.limit, check.passed or bool(said), check.detail + said)


def _doctor(installation: Installation) -> str:
    """What it says of the reading process, if it finds fault with it."""
    findings = json.loads(installation.run("doctor", "--json").stdout or "[]")
    hints = [
        str(row["hint"]) for row in findings if row.get("hint") and "read" in f"{row['name']} {row['hint']}"
    ]
    return f" (doctor: {hints[0]})" if hints else ""


CHECKS = [Check("A3.reader", confined, quick=True)]
