"""Runs the commands of a checkout with a data folder of its own, so that two checkouts answer the same questions."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
Row = dict[str, Any]
SHIPPED, OPEN = "shipped", "open"  # the configuration as it is, and the same with nothing refused
REFUSED_BELOW = re.compile(
    r"^(  quoted_from|  partial_from): [\d.]+", re.MULTILINE
)  # its name here, and earlier


def checkouts(against: Path | None, folder: Path) -> Iterator[tuple[str, Checkout]]:
    """The other checkout, if there is one, and then this one, each with its data in `folder`."""
    for name, path in (("against", against), ("ours", ROOT)):
        if path:
            yield name, Checkout(path, folder / name)


class Checkout:
    """`data` is made here. The commands run with this interpreter's packages."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder = folder.resolve()
        self._data = data
        data.mkdir(parents=True)
        rules = (self.folder / "quoth.yaml").read_text(encoding="utf-8")
        opened, count = REFUSED_BELOW.subn(r"\1: 0.000001", rules)
        if not count:
            raise SystemExit(f"{self.folder}/quoth.yaml has no quoted_from")
        for name, text in ((SHIPPED, rules), (OPEN, opened)):
            (data / f"{name}.yaml").write_text(text, encoding="utf-8")
        self._secret = secrets.token_hex(32)
        self._manage("migrate", "--verbosity", "0")

    @property
    def commit(self) -> str:
        command = ["git", "-C", str(self.folder), "rev-parse", "--short", "HEAD"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def load(self, collection: str, folder: Path) -> None:
        """A file that cannot be read is left out: `ingest` then ends with exit code 1."""
        self._manage("ingest", str(folder.resolve()), "--collection", collection, allowed=(0, 1))

    def answers(self, collection: str, questions: Iterable[Row], config: str = SHIPPED) -> dict[str, Row]:
        """The answers of `evaluate` by the ids of the questions."""
        asked, told = self._data / "questions.jsonl", self._data / "answers.jsonl"
        asked.write_text("".join(json.dumps(row) + "\n" for row in questions), encoding="utf-8")
        self._manage(
            "evaluate", str(asked), "--collection", collection, "--answers", str(told), config=config
        )
        found = map(json.loads, told.read_text(encoding="utf-8").splitlines())
        return {row["id"]: row for row in found}

    def _manage(self, *arguments: str, config: str = SHIPPED, allowed: tuple[int, ...] = (0,)) -> None:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command,
            check=False,
            cwd=self.folder,
            env=self._environment(config),
            capture_output=True,
            text=True,
        )
        if done.returncode not in allowed:
            raise SystemExit(f"{' '.join(command)} in {self.folder} failed:\n{done.stderr[-2000:]}")

    def _environment(self, config: str) -> dict[str, str]:
        own = {
            "QUOTH_DATA_DIR": str(self._data),
            "QUOTH_CONFIG": str(self._data / f"{config}.yaml"),
            "DATABASE_URL": f"sqlite:///{self._data}/bench.sqlite3",
            "SECRET_KEY": self._secret,
            "LOG_LEVEL": "WARNING",
        }
        return dict(os.environ) | own
