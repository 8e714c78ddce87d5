from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from checks.injection import can_open

WAIT = "import sys; print('ready', flush=True); sys.stdin.read(1); print(sum(range(9)), flush=True)"
NO_MORE_FILES = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3)); "


@contextmanager
def process(code: str = WAIT) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        yield child
    finally:
        child.kill()
        child.wait()


def test_a_process_is_found_to_open_what_it_may(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("x")
    with process() as child:
        assert can_open(child.pid, file)
        assert can_open(child.pid, tmp_path, os.O_RDONLY | os.O_DIRECTORY)
        assert not can_open(child.pid, tmp_path / "missing")


def test_a_process_that_may_open_nothing_is_found_to_be_refused(tmp_path: Path) -> None:
    with process(NO_MORE_FILES + WAIT) as child:
        assert not can_open(child.pid, tmp_path)


def test_the_process_goes_on_as_if_nothing_had_been(tmp_path: Path) -> None:
    with process() as child:
        can_open(child.pid, tmp_path)
        assert child.communicate("x", timeout=10)[0] == "36\n"


def test_the_first_call_of_a_suspended_process_is_made(tmp_path: Path) -> None:
    """Its pending signals are reported before it does anything."""
    with process(NO_MORE_FILES + WAIT) as child:
        for sent in (signal.SIGSTOP, signal.SIGCHLD, signal.SIGWINCH):
            child.send_signal(sent)
        assert not can_open(child.pid, tmp_path, os.O_RDONLY | os.O_DIRECTORY)
