from __future__ import annotations

import logging

import pytest
from django.test import Client

from apps.common.logs import LinkKeyFilter

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
