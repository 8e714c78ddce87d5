"""The typed `quoth.yaml`. Each app declares the sections that it reads; errors name the file, the line and the key."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

Value = TypeVar("Value")
DEFAULT_PATH = Path(__file__).resolve().parents[2] / "quoth.yaml"


class ConfigError(Exception):
    """The file is missing or is not YAML, or a key is wrong. The message names the place and the problem."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    RENAMED: ClassVar[Mapping[str, str]] = {}  # {key of an earlier version: what it is called now}

    @cached_property
    def content_sha256(self) -> str:
        values = self.model_dump(mode="json")
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


class FittedSection(Section):
    """A section whose values depend on the encoder. They are for all encoders that `by_encoder` does not name."""

    by_encoder: dict[str, dict[str, Any]] = Field(
        default={}, description="by name of the encoder: the keys whose values differ for it"
    )

    @model_validator(mode="after")
    def _encoders_have_valid_values(self) -> Self:
        for encoder in self.by_encoder:
            self.of(encoder)
        return self

    def of(self, encoder: str) -> Self:
        """The section with the values of this encoder."""
        return self.fitted.get(encoder, self)

    @cached_property
    def fitted(self) -> dict[str, Self]:
        """The section for each encoder with values of its own, made once because every question asks for it."""
        return {encoder: self._with(encoder, changes) for encoder, changes in self.by_encoder.items()}

    def _with(self, encoder: str, changes: dict[str, Any]) -> Self:
        try:
            return self.model_validate(_merged(self.model_dump(exclude={"by_encoder"}), changes))
        except ValidationError as error:
            first = error.errors()[0]
            raise ValueError(f"by_encoder.{encoder}.{_key(first['loc'])}: {first['msg']}") from error


def _merged(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Mappings are merged key by key; other values are replaced."""
    both = {
        key: _merged(values[key], new) for key, new in changes.items() if isinstance(values.get(key), dict)
    }
    return {**values, **changes, **both}


_sections: dict[str, Any] = {}


def section(key: str, type_: type[Value]) -> Callable[[], Value]:
    """Declare a top-level key of the file; returns the function that reads it. Call it in the `config.py` of an app."""
    _sections[key] = type_
    return lambda: cast("Value", getattr(config(), key))


@cache
def config() -> Section:
    """The configuration of this process, read once; QUOTH_CONFIG names another file. Raises ConfigError."""
    return load_config(Path(os.environ.get("QUOTH_CONFIG") or DEFAULT_PATH))


def config_digest() -> str:
    """sha256 of the parsed configuration, which each answer's manifest contains."""
    return config().content_sha256


def load_config(path: Path) -> Section:
    """Read one file and check it against the declared sections. Raises ConfigError naming line and key."""
    tree = _read(path)
    try:
        return _model().model_validate(tree)
    except ValidationError as error:
        if renamed := _renamed(tree):
            raise ConfigError(f"{path} is of an earlier version: {renamed}") from error
        first = error.errors()[0]
        where = f"{path}, line {_line(tree, first['loc'])}, {_key(first['loc'])}"
        raise ConfigError(f"{where}: {first['msg']}") from error


def _key(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location))


def _renamed(tree: CommentedMap) -> str:
    """One sentence about the keys of the file that have new names; "" if there are none."""
    found = [
        f"{name}.{old} (line {_line(tree, (name, old))}) is now {name}.{new}"
        for name, type_ in _sections.items()
        if isinstance(type_, type) and issubclass(type_, Section) and isinstance(tree.get(name), CommentedMap)
        for old, new in type_.RENAMED.items()
        if old in tree[name]
    ]
    advice = "; rename these keys, and add those that are missing from the quoth.yaml of this version"
    return ", ".join(found) + advice if found else ""


def _model() -> type[Section]:
    fields: Any = {key: (type_, ...) for key, type_ in _sections.items()}
    return create_model("QuothConfig", __base__=Section, **fields)


def _read(path: Path) -> CommentedMap:
    try:
        tree = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path} is missing: set QUOTH_CONFIG or restore the file") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}): check QUOTH_CONFIG") from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path} is not a text file in UTF-8: restore the file or set QUOTH_CONFIG"
        ) from error
    except YAMLError as error:
        raise ConfigError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(tree, CommentedMap):
        raise ConfigError(f"{path}, line 1: expected keys such as 'encoders:'")
    return tree


def _line(tree: CommentedMap, location: tuple[int | str, ...]) -> int:
    """1-based line of the deepest part of the key that is in the file."""
    node: Any = tree
    line = 1
    for part in location:
        if not isinstance(node, CommentedMap) or part not in node:
            break
        line = node.lc.key(part)[0] + 1
        node = node[part]
    return line
