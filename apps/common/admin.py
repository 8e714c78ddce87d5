"""What the administration pages of all apps share. Rows are written by services alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model
from django.http import HttpRequest
from unfold.decorators import display

if TYPE_CHECKING:  # the library ships no types; its classes are Django's with other templates
    from django.contrib.admin import ModelAdmin, TabularInline
else:
    from unfold.admin import ModelAdmin, TabularInline

Row = TypeVar("Row", bound=Model)
Parent = TypeVar("Parent", bound=Model)
Column = Callable[[Any, Any], object]


class BaseAdmin(ModelAdmin[Row]):
    list_per_page = 50
    show_full_result_count = False  # it would count the whole table for each page of a search


class ReadOnlyAdmin(BaseAdmin[Row]):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False


class ReadOnlyInline(TabularInline[Row, Parent]):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Parent | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Parent | None = None) -> bool:
        return False


def coloured(description: Any, colours: Mapping[Any, str], ordering: str = "") -> Callable[[Column], Column]:
    """A column of labels. It returns (key, words); `colours` maps keys to success, info, warning or danger.

    The library would show the key instead of the words where a key has no colour.
    """
    decorate: Callable[[Column], Column] = display(
        description=description, label=defaultdict(str, colours), ordering=ordering or None
    )
    return decorate


def two_lines(description: Any, ordering: str = "") -> Callable[[Column], Column]:
    """A column of (first line, second line)."""
    decorate: Callable[[Column], Column] = display(
        description=description, header=True, ordering=ordering or None
    )
    return decorate
