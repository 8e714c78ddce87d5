"""The description of the API as values for a page: operations by resource, and the objects they take and return."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

Described = Mapping[str, Any]
PROBLEM = "#/components/schemas/Problem"


@dataclass(frozen=True)
class Kind:
    """A type in words; `name` is that of an object of the page, else ""."""

    words: str
    name: str


@dataclass(frozen=True)
class FieldLine:
    name: str
    kind: Kind
    is_required: bool
    text: str


@dataclass(frozen=True)
class ResponseLine:
    status: str
    kind: Kind | None
    text: str


@dataclass(frozen=True)
class OperationEntry:
    name: str
    method: str
    path: str
    summary: str
    paragraphs: tuple[str, ...]
    parameters: tuple[FieldLine, ...]
    body: Kind | None
    responses: tuple[ResponseLine, ...]
    problems: str


@dataclass(frozen=True)
class Group:
    name: str
    operations: tuple[OperationEntry, ...]


@dataclass(frozen=True)
class ObjectEntry:
    name: str
    paragraphs: tuple[str, ...]
    fields: tuple[FieldLine, ...]


@dataclass(frozen=True)
class Reference:
    groups: tuple[Group, ...]
    objects: tuple[ObjectEntry, ...]


def read_reference(description: bytes) -> Reference:
    """From the text of openapi.json."""
    written = json.loads(description)
    described = _with_choices(written, written["components"]["schemas"])
    entries = sorted(_operations(described), key=lambda found: found[0])
    groups = groupby(entries, key=lambda found: found[0])
    schemas = described["components"]["schemas"]
    return Reference(
        tuple(Group(tag, tuple(entry for _tag, entry in found)) for tag, found in groups),
        tuple(_object(name, schema) for name, schema in schemas.items() if "properties" in schema),
    )


def _with_choices(value: Any, schemas: Described) -> Any:
    """With lists of choices in place of references to them."""
    if isinstance(value, list):
        return [_with_choices(each, schemas) for each in value]
    if not isinstance(value, dict):
        return value
    named = schemas.get(str(value.get("$ref", "")).rpartition("/")[2], {})
    if named and "properties" not in named:
        return named
    return {name: _with_choices(each, schemas) for name, each in value.items()}


def _operations(described: Described) -> Iterator[tuple[str, OperationEntry]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield operation["tags"][0], _operation(path, method, operation)


def _operation(path: str, method: str, operation: Described) -> OperationEntry:
    responses = operation["responses"].items()
    return OperationEntry(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        paragraphs=_paragraphs(operation.get("description", "")),
        parameters=tuple(_parameter(each) for each in operation.get("parameters", ())),
        body=_content(operation.get("requestBody", {})),
        responses=tuple(_response(status, each) for status, each in responses if not _is_problem(each)),
        problems=", ".join(status for status, each in responses if _is_problem(each)),
    )


def _parameter(described: Described) -> FieldLine:
    kind = _kind(described["schema"])
    return FieldLine(
        described["name"], kind, described.get("required", False), described.get("description", "")
    )


def _response(status: str, described: Described) -> ResponseLine:
    return ResponseLine(status, _content(described), described.get("description", ""))


def _is_problem(described: Described) -> bool:
    return any(each["schema"].get("$ref") == PROBLEM for each in described.get("content", {}).values())


def _content(described: Described) -> Kind | None:
    return next((_kind(each["schema"]) for each in described.get("content", {}).values()), None)


def _object(name: str, schema: Described) -> ObjectEntry:
    required = schema.get("required", ())
    fields = tuple(
        FieldLine(field, _kind(each), field in required, each.get("description", ""))
        for field, each in schema["properties"].items()
    )
    return ObjectEntry(name, _paragraphs(schema.get("description", "")), fields)


def _kind(schema: Described) -> Kind:
    for combined in ("allOf", "oneOf", "anyOf"):
        if combined in schema:
            kinds = [_kind(each) for each in schema[combined]]
            return Kind(
                " or ".join(kind.words for kind in kinds),
                next((kind.name for kind in kinds if kind.name), ""),
            )
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return Kind(name, name)
    if schema.get("type") == "array":
        inner = _kind(schema["items"])
        return Kind(f"list of {inner.words}", inner.name)
    return Kind(_words(schema), "")


def _words(schema: Described) -> str:
    if "enum" in schema:
        return ", ".join(f'"{choice}"' for choice in schema["enum"])
    types = schema.get("type", "any")
    words = " or ".join(types) if isinstance(types, list) else str(types)
    return f"{words} ({schema['format']})" if "format" in schema else words


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(each.replace("`", "").split()) for each in text.split("\n\n") if each.strip())
