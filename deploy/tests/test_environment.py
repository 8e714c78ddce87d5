"""The environment of the developer does not affect the project: settings of a shell, a removed Python."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from deploy.testing.__main__ import base_environment

ROOT = Path(__file__).resolve().parents[2]


def test_no_setting_of_the_shell_reaches_a_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QUOTH_PROFILE", "QUOTH_STORE", "QUOTH_CONFIG", "REDIS_URL", "QUOTH_URL", "DEBUG"):
        monkeypatch.setenv(name, "the shell's")
    monkeypatch.setenv("QUOTH_TEST_DATA", "/tests")
    environment = base_environment(tmp_path)
    assert "the shell's" not in environment.values()
    assert environment["QUOTH_TEST_DATA"] == "/tests"


def test_an_environment_whose_python_is_gone_is_created_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.spec_from_file_location("make_environment", ROOT / "bin" / "make_environment.py")
    assert spec is not None
    assert spec.loader is not None
    making = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(making)
    (tmp_path / "python").symlink_to(tmp_path / "gone")
    monkeypatch.setattr(making, "INSTALLED", making.LIST)
    monkeypatch.setattr(making, "PYTHON", tmp_path / "python")
    assert not making.is_current()
