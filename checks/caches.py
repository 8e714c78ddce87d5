"""A8: what is kept of many workspaces has a bound."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator

from checks.database import copy_workspace
from checks.hostile_files import ordinary_text
from checks.installation import Checkout, Installation, Server
from checks.probes import resident_mb
from checks.results import Check, Result, at_least, at_most

WORKSPACES, PASSAGES = 12, 2_000
TEXT_BYTES = 2_200_000  # somewhat more than 2,000 passages
CACHE_MB, BESIDE_MB = 32, 60.0
ROUNDS = 2
SETTLE_SECONDS = 5


def bounded(checkout: Checkout) -> Iterator[Result]:
    """Against the same server after questions to one of them: what a single question needs is not the cache's."""
    installation = checkout.installation("a8", config={"cache_mb": CACHE_MB})
    _ingest(installation, "large", ordinary_text(TEXT_BYTES))
    workspace = installation.database.value("SELECT id FROM accounts_workspace WHERE slug = 'large'")
    with installation.database.writing() as connection:
        copy_workspace(connection, workspace, WORKSPACES - 1)
    per_workspace = installation.database.count("knowledge_passage") / WORKSPACES
    yield at_least("A8.passages", per_workspace, PASSAGES, "passages in each workspace")
    with installation.serving() as server:
        before = _asked(server, 1)
        grown = _asked(server, WORKSPACES) - before
    known = "cache_mb" in installation.keys_of_config()
    note = (
        f"{WORKSPACES} workspaces, {before:.0f} MB after one"
        if known
        else f"{WORKSPACES} workspaces; quoth.yaml has no key cache_mb"
    )
    yield at_most("A8.memory", grown, CACHE_MB + BESIDE_MB, "MB grown", note)


def _ingest(installation: Installation, name: str, content: bytes) -> None:
    file = installation.scratch / f"{name}.txt"
    file.write_bytes(content)
    installation.manage("ingest", str(file), "--workspace", name, "--collection", name, "--public")


def _asked(server: Server, most: int) -> float:
    """The first collections in turn, twice; the server's memory afterwards, in megabytes."""
    member = server.member(f"{uuid.uuid4().hex}@example.org")
    rows = server.installation.database.query(
        "SELECT uid FROM knowledge_collection ORDER BY id LIMIT ?", most
    )
    with member.socket() as socket:
        for _ in range(ROUNDS):
            for (uid,) in rows:
                frame = socket.ask("Which budget does the committee review?", collection=str(uuid.UUID(uid)))
                assert frame["type"] == "answer.done", f"a question was answered by {frame}"
    time.sleep(SETTLE_SECONDS)
    return resident_mb(server.process)


CHECKS = [Check("A8.memory", bounded)]
