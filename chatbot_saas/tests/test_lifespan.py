from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from pytest_django import Settings

from chatbot_saas.serving.lifespan import remove_leftovers


@pytest.mark.parametrize(("embedded", "left"), [(True, []), (False, ["fresh.upload"])])
def test_what_a_killed_server_left_is_removed(
    embedded: bool, left: list[str], settings: Settings, tmp_path: Path
) -> None:
    settings.EMBEDDED, settings.INCOMING = embedded, tmp_path
    for name, age in (("fresh.upload", 1), ("old.upload", 3600)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - age, time.time() - age))
    part = Path(default_storage.path("workspace/ab/abc.0123.part"))
    part.parent.mkdir(parents=True, exist_ok=True)
    part.touch()
    remove_leftovers()
    assert [path.name for path in tmp_path.iterdir()] == left
    assert not part.exists()
