import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from apps.models.config import default_encoder, encoder_configs
from apps.models.inference import engine


def test_builds_every_encoder_once(settings: Settings, tmp_path: Path) -> None:
    settings.QUOTH_DATA_DIR = tmp_path
    first, second = _run(*encoder_configs()), _run(*encoder_configs())
    assert [one["name"] for one in first] == list(encoder_configs())
    assert all(one["built"] for one in first)
    assert not any(one["built"] for one in second)
    assert all(Path(one["graph"]).is_file() for one in second)
    assert [one["digest"] for one in first] == [one["digest"] for one in second]


def test_without_a_name_it_is_the_default_one() -> None:
    assert [one["name"] for one in _run()] == [default_encoder()]


def test_reports_what_it_does() -> None:
    out = StringIO()
    call_command("prepare_models", stdout=out)
    assert "minilm: " in out.getvalue()
    assert "384 dimensions" in out.getvalue()


def test_missing_weights_end_it_with_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = encoder_configs()["minilm"].model_copy(update={"package": "no_such_weights"})
    monkeypatch.setattr(engine, "encoder_configs", lambda: {"minilm": shipped})
    with pytest.raises(CommandError, match="no_such_weights"):
        call_command("prepare_models", stdout=StringIO())


def _run(*names: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("prepare_models", *names, "--json", stdout=out)
    prepared: list[dict[str, Any]] = json.loads(out.getvalue())
    return prepared
