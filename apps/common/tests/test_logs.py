from __future__ import annotations

import json
import logging
import sys

import pytest
from django.test import Client

from apps.common.logs import JsonFormatter, LinkKeyFilter, PlainFormatter

FORGED = "report.pdf\nWARNING root: all is well\r\x1b[2J\u2028\u202e"


def _record(*, with_exception: bool = False) -> logging.LogRecord:
    error = None
    if with_exception:
        try:
            raise ValueError(FORGED)
        except ValueError:
            error = sys.exc_info()
    return logging.LogRecord("apps", logging.WARNING, __file__, 1, "cannot read %s", (FORGED,), error)


def test_a_plain_record_is_one_line() -> None:
    line = PlainFormatter().format(_record())
    assert len(line.splitlines()) == 1
    assert line.startswith("WARNING apps: cannot read report.pdf\\nWARNING root")
    assert line.isprintable()


def test_a_traceback_is_readable_and_forges_no_record() -> None:
    first, *rest = PlainFormatter().format(_record(with_exception=True)).split("\n")
    assert first.startswith("WARNING apps: cannot read report.pdf\\n")
    assert any("raise ValueError(FORGED)" in line for line in rest)
    assert all(line.startswith("    ") for line in rest)
    assert all(line.isprintable() for line in rest)


def test_a_json_record_is_one_line() -> None:
    line = JsonFormatter().format(_record(with_exception=True))
    assert len(line.splitlines()) == 1
    assert json.loads(line)["message"] == f"cannot read {FORGED}"
    assert "Traceback" in json.loads(line)["exception"]


KEY = "Mg:1xXZNE:KcpePFp8ualIs2m3mzECwYBxPPiMs4IZ_ZfCSi0Z3JM"


@pytest.mark.parametrize(
    "path", [f"/accounts/confirm-email/{KEY}/", "/accounts/password/reset/key/2-d5x-abc/"]
)
def test_a_refused_link_leaves_no_key_in_the_log(
    path: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Django logs it: with the path."""
    monkeypatch.setattr(caplog.handler, "filters", [LinkKeyFilter()])
    Client(headers={"host": "evil.example"}).get(path)
    Client(enforce_csrf_checks=True).post(path)
    assert len(caplog.messages) >= 2
    assert not any(secret in line for line in caplog.messages for secret in (KEY, "2-d5x-abc"))
    assert all("/..." in line for line in caplog.messages)


def test_other_lines_stay_as_they_are() -> None:
    record = logging.makeLogRecord({"msg": "%s took %d s, 100%%", "args": ("confirm", 3)})
    assert LinkKeyFilter().filter(record)
    assert record.getMessage() == "confirm took 3 s, 100%"
