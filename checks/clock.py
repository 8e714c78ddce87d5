"""A6: the machine's clock is set back by an hour while the server runs."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from checks.database import Database, copy_row
from checks.installation import Checkout
from checks.probes import wait_until
from checks.results import Check, Result, at_most

ANSWER_SECONDS, FOUND_SECONDS = 20.0, 90.0
LEASE_SECONDS = 35
BACK = timedelta(hours=1)
LIBRARY = "*/faketime/libfaketimeMT.so.1"
# libfaketime 0.9.10 spoils clock_nanosleep, which time.sleep calls, where the monotonic clock is left alone.
SLEEP = "import select, time\ntime.sleep = lambda seconds: select.select([], [], [], seconds)\n"


def set_back(checkout: Checkout) -> Iterator[Result]:
    library = next(Path("/usr/lib").glob(LIBRARY), None)
    assert library is not None, "libfaketime is missing: install the package faketime"
    shift = checkout.folder / "clock"
    shift.write_text("+0\n")
    (checkout.folder / "python").mkdir()
    (checkout.folder / "python" / "sitecustomize.py").write_text(SLEEP)
    installation = checkout.installation(
        "a6-clock",
        PYTHONPATH=str(checkout.folder / "python"),
        LD_PRELOAD=str(library),
        FAKETIME_TIMESTAMP_FILE=str(shift),
        FAKETIME_NO_CACHE="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",  # a clock that is set back leaves the monotonic one alone
        DONT_FAKE_MONOTONIC="1",  # the same for older versions of the library
    )
    with installation.serving() as server:
        member = server.member("member@example.org")
        collection = member.new_collection("Papers")
        with member.socket() as socket:
            socket.ask("Where do visitors park?", collection=collection)
            before = _waiting(installation.database, datetime.now(UTC))
            shift.write_text(f"-{int(BACK.total_seconds())}\n")
            started = time.monotonic()
            socket.ask("Where do the others park?", collection=collection)
            yield at_most("A6.clock.asked-afterwards", time.monotonic() - started, ANSWER_SECONDS, "s")
        after = _waiting(installation.database, datetime.now(UTC) - BACK)
        for name, answer in (("waiting-before", before), ("waiting-after", after)):
            seconds = wait_until(partial(_is_final, installation.database, answer), FOUND_SECONDS)
            yield at_most(f"A6.clock.{name}", seconds, FOUND_SECONDS, "s until it is found")


def _waiting(database: Database, now: datetime) -> int:
    """A stored question that no worker was told of, as after a lost message; the key of its answer."""
    lease = (now + timedelta(seconds=LEASE_SECONDS)).strftime("%Y-%m-%d %H:%M:%S.%f")
    created = now.strftime("%Y-%m-%d %H:%M:%S.%f")
    with database.writing() as connection:
        (message,) = connection.execute("SELECT min(id) FROM chat_message").fetchone()
        (answer,) = connection.execute("SELECT min(id) FROM chat_answer").fetchone()
        (last,) = connection.execute(
            "UPDATE chat_conversation SET last_seq = last_seq + 1 WHERE id ="
            " (SELECT min(id) FROM chat_conversation) RETURNING last_seq"
        ).fetchone()
        new = {"seq": last, "client_id": uuid.uuid4().hex, "created_at": created}
        messages = copy_row(connection, "chat_message", message, 1, lambda _: new)
        pending = {
            "message_id": messages[0],
            "created_at": created,
            "seq": None,
            "state": "pending",
            "attempt": 0,
            "lease_until": lease,
            "status": "",
            "confidence": None,
            "manifest": None,
            "manifest_sha256": "",
            "finished_at": None,
        }
        return copy_row(connection, "chat_answer", answer, 1, lambda _: pending)[0]


def _is_final(database: Database, answer: int) -> bool:
    return str(database.value("SELECT state FROM chat_answer WHERE id = ?", answer)) in {"done", "dead"}


CHECKS = [Check("A6.clock", set_back)]
