"""The project's checks in order, cheapest first. Each is a command; it passes if it exits 0."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]


@dataclass(frozen=True)
class Check:
    name: str
    command: Sequence[str | Path]

    def passes(self, environment: Mapping[str, str]) -> bool:
        print(f"\n=== {self.name}", flush=True)
        started = time.monotonic()
        done = subprocess.run(self.command, env=environment, stdin=subprocess.DEVNULL, check=False)
        verdict = "FAILED" if done.returncode else "ok"
        print(f"=== {self.name}: {verdict}, {time.monotonic() - started:.0f} s", flush=True)
        return done.returncode == 0


def tests(name: str, arguments: Sequence[str]) -> Check:
    return Check(name, [sys.executable, "-m", "pytest", *arguments])


LINT = [
    Check("ruff", [BIN / "ruff", "check", "."]),
    Check("ruff format", [BIN / "ruff", "format", "--check", "."]),
]

STATIC = [
    *LINT,
    Check("lock", ["bin/lock", "--check"]),
    Check("import contracts", [BIN / "lint-imports", "--no-logo"]),
    Check("mypy", [BIN / "mypy"]),
    Check("django check", [*MANAGE, "check", "--fail-level", "WARNING"]),
    Check("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
]
