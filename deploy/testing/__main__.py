"""`bin/test [--quick] [pytest's arguments]`: exits 1 if any check failed."""

import os
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.testing.checks import BLACK_BOX, LINT, STATIC, Check, beside, giving_way, sharing_tests, tests
from deploy.testing.servers import all_servers
from deploy.testing.variables import settings_variables

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are stopped on the way out
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell's background jobs start with it ignored
    quick = "--quick" in arguments
    chosen = [argument for argument in arguments if argument != "--quick"]
    with tempfile.TemporaryDirectory(prefix="quoth-test-") as name:
        failed = run_quick(Path(name), chosen) if quick else run_all(Path(name), chosen)
    print(f"\nFAILED: {', '.join(failed)}" if failed else "\nEvery check passed.", flush=True)
    return 1 if failed else 0


def run_quick(folder: Path, chosen: Sequence[str]) -> list[str]:
    """Lint, and the tests that need no server."""
    return failures([*LINT, tests("tests", chosen)], base_environment(folder))


def run_all(folder: Path, chosen: Sequence[str]) -> list[str]:
    environment = base_environment(folder) | {"QUOTH_TEST_CHROMIUM": chromium()}
    with beside(BLACK_BOX, environment, folder / "black-box.txt") as black_box_passes:
        failed = failures(STATIC, environment)
        failed += [] if black_box_passes() else [BLACK_BOX.name]
    with all_servers(folder) as addresses:
        environment |= addresses
        on_postgres = environment | {"QUOTH_TEST_DATABASE": "postgres"}
        failed += failures([tests("tests", chosen)], environment)
        if chosen:
            return failed + failures([tests("tests on PostgreSQL", chosen)], on_postgres)
        return failed + sharing_failures(environment, on_postgres, folder / "postgres-tests.txt")


def sharing_failures(
    environment: Mapping[str, str], on_postgres: Mapping[str, str], output: Path
) -> list[str]:
    """The tests that share a server use about one processor; those on PostgreSQL that share none run on what is left
    of all of them.
    """
    alone = giving_way(tests("tests on PostgreSQL", []))
    with beside(alone, on_postgres, output) as alone_passes:
        failed = failures([sharing_tests("tests")], environment)
        failed += failures([sharing_tests("tests on PostgreSQL")], on_postgres)
        return failed + ([] if alone_passes() else [alone.name])


def failures(checks: Sequence[Check], environment: Mapping[str, str]) -> list[str]:
    return [check.name for check in checks if not check.passes(environment)]


def base_environment(folder: Path) -> dict[str, str]:
    """No setting of the developer's own shell or installation reaches a check."""
    data, scratch = folder / "data", folder / "tmp"
    data.mkdir()
    scratch.mkdir()
    settings = {"SECRET_KEY": secrets.token_hex(32), "QUOTH_DATA_DIR": str(data), "TMPDIR": str(scratch)}
    read = settings_variables()
    return {key: value for key, value in os.environ.items() if key not in read} | settings


def chromium() -> str:
    found = os.environ.get("QUOTH_TEST_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if not found:
        sys.exit("No Chromium found: install it or name it in QUOTH_TEST_CHROMIUM.")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
