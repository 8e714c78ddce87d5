"""The project's checks in order, cheapest first. Each is a command that passes if its exit code is acceptable."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
PYTEST = [sys.executable, "-m", "pytest", "--durations=10"]
SHARED = "browser or redis or neo4j"  # two browsers at once take longer than one after the other


INTERRUPT_SECONDS = 30
NO_TESTS = 5  # pytest's exit code
NICENESS = "10"


@dataclass(frozen=True)
class Check:
    name: str
    command: Sequence[str | Path]
    fine: frozenset[int] = frozenset({0})

    def passes(self, environment: Mapping[str, str]) -> bool:
        print(f"\n=== {self.name}", flush=True)
        started = time.monotonic()
        passed = _run(self.command, environment) in self.fine
        verdict = "ok" if passed else "FAILED"
        print(f"=== {self.name}: {verdict}, {time.monotonic() - started:.0f} s", flush=True)
        return passed


@contextmanager
def beside(check: Check, environment: Mapping[str, str], output: Path) -> Iterator[Callable[[], bool]]:
    """Runs a check while others run. The function waits for its end, prints what it wrote to `output`, and tells
    whether it passed.
    """
    started = time.monotonic()
    with output.open("w") as stream:
        child = subprocess.Popen(
            check.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

        def passes() -> bool:
            passed = child.wait() in check.fine
            seconds = time.monotonic() - started
            print(f"\n=== {check.name}\n{output.read_text()}", end="")
            print(f"=== {check.name}: {'ok' if passed else 'FAILED'}, {seconds:.0f} s", flush=True)
            return passed

        try:
            yield passes
        finally:
            _end(child)


def _run(command: Sequence[str | Path], environment: Mapping[str, str]) -> int:
    child = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        return child.wait()
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """After an interrupt, let the tests end what they have started before their servers are stopped."""
    if child.poll() is None:
        child.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            child.wait(INTERRUPT_SECONDS)
        child.kill()


def tests(name: str, arguments: Sequence[str]) -> Check:
    """All tests that share no server, in as many processes as there are processors; or a selection, which may contain
    none for one database.
    """
    if arguments:
        return Check(name, [*PYTEST, *arguments], frozenset({0, NO_TESTS}))
    spread = ["-n", str(os.cpu_count() or 1), "--dist", "worksteal"]
    return Check(name, [*PYTEST, *spread, "-m", f"not ({SHARED})"])


def giving_way(check: Check) -> Check:
    """The same check at a lower priority, for one that runs beside others."""
    return replace(check, command=["nice", "-n", NICENESS, *check.command])


def sharing_tests(name: str) -> Check:
    """The tests that share a server or a browser, one after the other."""
    return Check(f"{name} that share a server", [*PYTEST, "-m", SHARED])


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

BLACK_BOX = Check("black-box checks", [sys.executable, "-m", "checks", "--quick"])
