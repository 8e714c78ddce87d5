"""The first start creates everything, the second one nothing."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from apps.accounts.models import User
from apps.accounts.services import ensure_workspace
from chatbot_saas.demonstration import PEOPLE, _people
from chatbot_saas.tests.installation import Installation

COUNT = """
from apps.accounts.models import User
from apps.chat.models import SuggestedQuestion
from apps.knowledge.models import Document, DocumentVersion, Ingestion
print([model.objects.count() for model in (User, Document, DocumentVersion, SuggestedQuestion)])
print(Ingestion.objects.exclude(state="ready").count(), User.objects.filter(is_superuser=True).count())
"""


def test_secrets_are_random_and_private(demo: Installation, logins: dict[str, str]) -> None:
    assert set(logins) == {"admin@example.org", "member@example.org"}
    assert len(set(logins.values())) == 2
    for name in ("env", "logins.txt"):
        assert stat.S_IMODE((demo.folder / name).stat().st_mode) == 0o600
    key = (demo.folder / "env").read_text().strip().removeprefix("SECRET_KEY=")
    assert len(key) >= 50
    assert all(password in (demo.folder / "logins.txt").read_text() for password in logins.values())


def test_a_second_start_creates_nothing(prepared: tuple[Installation, dict[str, Any]]) -> None:
    demo, shown_json = prepared
    before = demo.manage("shell", "-v", "0", "-c", COUNT)
    assert json.loads(demo.manage("demo", "--prepare", "--json")) == shown_json
    assert demo.manage("shell", "-v", "0", "-c", COUNT) == before
    assert before.splitlines()[1] == "0 1"
    assert 0 not in json.loads(before.splitlines()[0])


def test_the_doctor_finds_nothing_wrong(demo: Installation) -> None:
    assert all(not finding["hint"] for finding in json.loads(demo.manage("doctor", "--json")))


@pytest.mark.django_db
def test_a_person_who_chose_a_password_is_left_alone(tmp_path: Path, settings: Settings) -> None:
    settings.QUOTH_DATA_DIR = str(tmp_path)
    workspace = ensure_workspace("demo", is_operator=True)
    assert len(_people(workspace)) == len(PEOPLE)
    admin = User.objects.get(email="admin@example.org")
    admin.set_password("a password of my own")
    admin.is_superuser = False
    admin.save(update_fields=["password", "is_superuser"])
    assert [login.email for login in _people(workspace)] == ["member@example.org"]
    admin.refresh_from_db()
    assert admin.check_password("a password of my own")
    assert not admin.is_superuser
