"""Pages that begin after the last row of the page before, whatever was added or removed meanwhile."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.core.exceptions import ValidationError as InvalidValue
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.api.serializers.strict import Strict

MOST, USUAL = 100, 20
NO_CURSOR = _("This cursor is not valid. Begin again without one.")
Row = TypeVar("Row", bound=Model)


class PageQuery(Strict):
    cursor = serializers.CharField(
        required=False, max_length=2000, help_text="`next_cursor` of the page before."
    )
    limit = serializers.IntegerField(required=False, default=USUAL, min_value=1, max_value=MOST)


@dataclass(frozen=True)
class Page:
    """`next_cursor` is None at the end."""

    items: Sequence[Any]
    next_cursor: str | None


@cache
def page_of(item: Any) -> Any:
    """The serializer of pages of these."""
    name = f"PageOf{item.__name__}"
    fields = {
        "items": item(many=True),
        "next_cursor": serializers.CharField(allow_null=True, help_text="null at the end"),
        "__doc__": "One page. The next one begins at `next_cursor`.",
    }
    return type(name, (serializers.Serializer,), fields)


def page_by(
    rows: QuerySet[Row],
    order: Sequence[str],
    asked: dict[str, Any],
    show: Callable[[list[Row]], Sequence[Any]],
) -> Page:
    """`order` names columns of one direction, of which the last is unique; "-" before each of them if it descends."""
    names, descends = [name.removeprefix("-") for name in order], order[0].startswith("-")
    if asked.get("cursor"):
        rows = rows.filter(_after(rows, names, read_cursor(asked["cursor"], len(names)), descends=descends))
    found = list(rows.order_by(*order)[: asked["limit"] + 1])
    page = found[: asked["limit"]]
    is_last = len(found) <= asked["limit"]
    return Page(show(page), None if is_last else cursor_of([getattr(page[-1], name) for name in names]))


def cursor_of(values: Sequence[Any]) -> str:
    text = json.dumps(list(values), cls=DjangoJSONEncoder, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str, length: int) -> list[Any]:
    """Raises ValidationError for what `cursor_of` has not written."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise serializers.ValidationError({"cursor": [NO_CURSOR]}) from error
    if not isinstance(values, list) or len(values) != length:
        raise serializers.ValidationError({"cursor": [NO_CURSOR]})
    return values


def _after(rows: QuerySet[Any], names: Sequence[str], values: Sequence[Any], *, descends: bool) -> Q:
    """Rows that come later than these values, compared column by column."""
    fields = [rows.model._meta.get_field(name) for name in names]
    try:
        read = [field.to_python(value) for field, value in zip(fields, values, strict=True)]
    except (InvalidValue, TypeError, ValueError, OverflowError) as error:
        raise serializers.ValidationError({"cursor": [NO_CURSOR]}) from error
    if any(value is None or "\x00" in str(value) for value in read):
        raise serializers.ValidationError({"cursor": [NO_CURSOR]})
    return _later(names, read, "lt" if descends else "gt")


def _later(names: Sequence[str], values: Sequence[Any], comparison: str) -> Q:
    """The first condition alone lets an index be used."""
    (name, *names), (value, *values) = names, values
    if not names:
        return Q((f"{name}__{comparison}", value))
    return Q((f"{name}__{comparison}e", value)) & (
        Q((f"{name}__{comparison}", value)) | _later(names, values, comparison)
    )
