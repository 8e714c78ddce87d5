"""`python -m checks [NAME ...] [--quick] [--json] [--root DIR]`: exits 1 if any figure misses its limit."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from checks import (
    accounts,
    bodies,
    caches,
    clock,
    disk,
    guessing,
    origins,
    page_cost,
    reading_process,
    sockets,
    start_up,
    tenants,
    traces,
    unsafe_methods,
)
from checks.installation import Checkout
from checks.results import Check, Result

ROOT = Path(__file__).resolve().parents[1]
CHECKS: list[Check] = [
    *unsafe_methods.CHECKS,
    *accounts.CHECKS,
    *guessing.CHECKS,
    *origins.CHECKS,
    *tenants.CHECKS,
    *reading_process.CHECKS,
    *disk.CHECKS,
    *bodies.CHECKS,
    *page_cost.CHECKS,
    *sockets.CHECKS,
    *clock.CHECKS,
    *start_up.CHECKS,
    *traces.CHECKS,
    *caches.CHECKS,
]


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    chosen = _chosen(options.names, quick=options.quick)
    if not chosen:
        print("No check has such a name: --list shows them.", file=sys.stderr)
        return 2
    if options.list:
        print("\n".join(f"{check.name}{'  (quick)' if check.quick else ''}" for check in chosen))
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers are stopped on the way out
    results = []
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="quoth-checks-") as folder:
        Path(folder).chmod(0o755)  # other users of the system get as far as in an installation
        checkout = Checkout(options.root.resolve(), Path(folder))
        for result in _results(chosen, checkout):
            print(result.json() if options.json else result.line(), flush=True)
            results.append(result.passed)
    seconds = time.monotonic() - started
    print(
        f"{len(results)} figures, {results.count(False)} past their limits, {seconds:.0f} s", file=sys.stderr
    )
    return 0 if all(results) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bin/prove", description="Black-box checks of a running Quoth.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="run those whose names begin so")
    parser.add_argument("--quick", action="store_true", help="only those that bin/test runs")
    parser.add_argument("--list", action="store_true", help="print the names")
    parser.add_argument("--json", action="store_true", help="print one JSON object per figure")
    parser.add_argument("--root", type=Path, default=ROOT, help="check the code of another checkout")
    return parser


def _chosen(names: Sequence[str], *, quick: bool) -> list[Check]:
    return [
        check
        for check in CHECKS
        if (check.quick or not quick) and (not names or any(check.name.startswith(name) for name in names))
    ]


def _results(chosen: Sequence[Check], checkout: Checkout) -> Iterator[Result]:
    for check in chosen:
        try:
            yield from check.run(checkout)
        except Exception as error:  # one check that breaks off keeps no other from running
            detail = f"{type(error).__name__}: {error}".replace("\n", " ")
            yield Result(check.name, "broke off", "runs to its end", False, detail)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
