from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chatbot_saas.tests.installation import Installation


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, dict[str, Any]]:
    """`demo --prepare`, once: the installation and what it printed."""
    installation = Installation(tmp_path_factory.mktemp("demo"))
    return installation, json.loads(installation.manage("demo", "--prepare", "--json"))


@pytest.fixture(scope="session")
def demo(prepared: tuple[Installation, dict[str, Any]]) -> Installation:
    return prepared[0]


@pytest.fixture(scope="session")
def logins(prepared: tuple[Installation, dict[str, Any]]) -> dict[str, str]:
    """{e-mail: password}"""
    return {login["email"]: login["password"] for login in prepared[1]["logins"]}


@pytest.fixture(scope="session")
def collection(demo: Installation) -> str:
    """Id of the documentation."""
    rows = demo.manage(
        "shell",
        "-v",
        "0",
        "-c",
        "from apps.knowledge.models import Collection as C; print(C.objects.get().uid)",
    )
    return rows.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
