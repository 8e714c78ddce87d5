"""The documentation names only variables, keys, commands and link targets that exist."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands

from apps.common.config import DEFAULT_PATH, config
from apps.models.config import default_encoder
from deploy.testing.variables import settings_variables

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md")])
LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]+)(?:#[^)]*)?\)")


def _rows(page: str) -> set[str]:
    """The first cells of table rows that contain a name in backquotes."""
    return set(
        re.findall(r"^\| `([A-Za-z0-9_.]+)` \|", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    )


def _value(key: str) -> object:
    found: Any = config().model_dump()
    for part in key.split("."):
        found = found[part]
    return found


def _shown(value: object) -> str:
    """As in the file: `true`, `["user/"]`, 0.5."""
    return json.dumps(value) if isinstance(value, bool | list) else str(value)


def test_every_environment_variable_is_documented_and_none_else() -> None:
    assert _rows("docs/operator/settings.md") == settings_variables()


def test_every_key_of_the_configuration_is_documented_and_none_else() -> None:
    keys = set()
    for section, value in config().model_dump().items():
        inner = next(iter(value.values())) if section == "encoders" else value
        prefix = f"{section}.NAME" if section == "encoders" else section
        keys |= {f"{prefix}.{key}" for key in inner} if isinstance(inner, dict) else {section}
    assert _rows("docs/operator/quoth-yaml.md") == keys
    assert DEFAULT_PATH.name == "quoth.yaml"


def test_documented_defaults_are_those_of_the_file() -> None:
    page = (ROOT / "docs/operator/quoth-yaml.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Za-z0-9_.]+)` \| `([^`]+)` \|", page, re.MULTILINE)
    named = {key.replace("NAME", default_encoder()): default for key, default in rows}
    assert len(named) > 30
    assert named == {key: _shown(_value(key)) for key in named}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_resolve(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_in_pages_exist(page: Path) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", page.read_text(encoding="utf-8")))
    assert named <= set(get_commands()) | {"help"}
