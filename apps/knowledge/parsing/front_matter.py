"""Reads front matter (YAML between `---` lines, TOML between `+++`) as metadata, which is not part of the text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

_FRONT = re.compile(r"\A(?P<mark>---|\+\+\+)[ \t]*\n(?P<body>.*?\n)??(?P=mark)[ \t]*(?:\n|\Z)", re.DOTALL)
_SCALARS = (str, int, float, date)


def split_front_matter(source: str) -> tuple[dict[str, str], str]:
    """The metadata and the remaining source. Lists of plain values are joined by ", "; nested values are left out."""
    match = _FRONT.match(source)
    if match is None:
        return {}, source
    tree = _load(match["mark"], match["body"] or "")
    if tree is None:
        return {}, source if match["mark"] == "---" and not _looks_like_keys(match["body"]) else source[
            match.end() :
        ]
    return _flat(tree), source[match.end() :]


def _load(mark: str, body: str) -> Mapping[Any, object] | None:
    try:
        tree: object = tomllib.loads(body) if mark == "+++" else YAML(typ="safe", pure=True).load(body)
    except (YAMLError, tomllib.TOMLDecodeError, ValueError):
        return None
    return tree if isinstance(tree, Mapping) else None


def _looks_like_keys(body: str | None) -> bool:
    """Whether invalid YAML is still front matter and not prose between two horizontal rules."""
    return bool(re.match(r"\s*[\w-]+:", body or ""))


def _flat(tree: Mapping[Any, object]) -> dict[str, str]:
    flat = {str(key): _plain(value) for key, value in tree.items()}
    return {key: value for key, value in flat.items() if value}


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value if isinstance(item, _SCALARS))
    return " ".join(str(value).split()) if isinstance(value, _SCALARS) else ""
