"""A quoth.yaml of an earlier version."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.checks import run_checks

from apps.common import config
from apps.common.config import DEFAULT_PATH, ConfigError, load_config

OLD = {"  quoted_from: 0.2 ": "  answered_from: 0.5\n  partial_from: 0.2 "}


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    text = DEFAULT_PATH.read_text(encoding="utf-8")
    for new, old in OLD.items():
        assert new in text
        text = text.replace(new, old)
    path = tmp_path / "quoth.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_keys_that_have_new_names_are_named_in_one_sentence(old_file: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load_config(old_file)
    sentence = str(raised.value)
    assert "decision.partial_from" in sentence
    assert "is now decision.quoted_from" in sentence
    assert "decision.answered_from" in sentence
    assert "is now decision.first_quote.strong_from" in sentence
    assert "\n" not in sentence


def test_a_system_check_says_so(old_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not [each for each in run_checks() if each.id == "common.E001"]
    monkeypatch.setenv("QUOTH_CONFIG", str(old_file))
    config.config.cache_clear()
    try:
        [error] = [each for each in run_checks() if each.id == "common.E001"]
    finally:
        monkeypatch.undo()
        config.config.cache_clear()
    assert "decision.quoted_from" in str(error.msg)
