"""The committed description is what the views say, and its page shows it."""

from __future__ import annotations

import json
import re

import pytest
from django.core.management import call_command
from django.test import Client

from apps.api.views.docs import DESCRIPTION


def test_the_committed_description_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    """If not: manage.py spectacular --format openapi-json --file apps/api/openapi.json"""
    call_command("spectacular", "--format", "openapi-json", "--validate", "--fail-on-warn")
    assert json.loads(capsys.readouterr().out) == json.loads(DESCRIPTION.read_text())


@pytest.mark.django_db
def test_the_reference_names_every_operation_and_asks_nobody_else() -> None:
    page = Client().get("/api/docs").content.decode()
    described = Client().get("/api/openapi.json").json()
    names = {operation["operationId"] for path in described["paths"].values() for operation in path.values()}
    assert names <= set(re.findall(r'<h3 id="(\w+)"', page))
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)
    anchors = set(re.findall(r'href="#([\w-]+)"', page))
    assert anchors <= set(re.findall(r'id="([\w-]+)"', page))
