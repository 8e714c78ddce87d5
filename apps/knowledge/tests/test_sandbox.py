"""What the reading process can reach of the machine: nothing that holds anyone's documents."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from apps.knowledge.parsing import child_process
from apps.knowledge.parsing.child_process import child_environment, reading_process_can_open

WITHOUT_LANDLOCK = (
    "import sys; from pathlib import Path; from apps.knowledge.parsing import sandbox;"
    "sandbox._landlock_version = lambda: 0; print(sandbox.enter_sandbox([]));"
    "sandbox._main(sys.argv[1], []); print('NoNewPrivs:\\t1' in Path('/proc/self/status').read_text())"
)
CONNECT = (
    "import socket, sys; from apps.knowledge.parsing.sandbox import enter_sandbox, program_folders;"
    "enter_sandbox(program_folders()); socket.create_connection(('127.0.0.1', int(sys.argv[1])))"
)


@pytest.fixture
def readable_file(tmp_path: Path) -> Path:
    """A file that the modes of the file system open to everybody."""
    file = tmp_path / "data" / "quoth.sqlite3"
    file.parent.mkdir(mode=0o755)
    file.write_bytes(b"everybody's documents")
    file.chmod(0o644)
    return file


def test_it_opens_no_file_of_the_data_folder(readable_file: Path) -> None:
    assert not reading_process_can_open(readable_file)


def test_it_opens_the_code_it_runs() -> None:
    assert reading_process_can_open(Path(child_process.__file__))


def test_it_connects_to_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        done = run(CONNECT, str(listening.getsockname()[1]))
    assert "PermissionError" in done.stderr


def test_without_landlock_root_becomes_a_user_without_rights(readable_file: Path) -> None:
    """Any other user keeps its rights, and then this is not called a sandbox."""
    readable_file.chmod(0o600)
    is_root = os.geteuid() == 0
    done = run(WITHOUT_LANDLOCK, str(readable_file))
    assert done.stdout.split() == [str(is_root), "closed" if is_root else "open", str(is_root)]


def test_a_probe_that_breaks_off_proves_nothing(monkeypatch: pytest.MonkeyPatch, readable_file: Path) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(subprocess.CalledProcessError):
        reading_process_can_open(readable_file)


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-s", "-c", code, *arguments]
    return subprocess.run(
        command, env=child_environment(), capture_output=True, text=True, timeout=60, check=False
    )
