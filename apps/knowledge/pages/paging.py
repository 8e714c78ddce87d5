"""Pages of long lists, and the addresses that lead from one to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict

ROWS_ON_A_PAGE = 50
Row = TypeVar("Row")


class CountedRows(Sequence[Row]):
    """A sequence for Django's Paginator, which reads the rows of one page only. `make` takes a row of the query."""

    def __init__(self, rows: QuerySet[Any, Any], count: int, make: Callable[[Any], Row]) -> None:
        self._rows, self._count, self._make = rows, count, make

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, part: int) -> Row: ...

    @overload
    def __getitem__(self, part: slice) -> list[Row]: ...

    def __getitem__(self, part: int | slice) -> Row | list[Row]:
        if isinstance(part, int):
            return self._make(self._rows[part])
        return [self._make(row) for row in self._rows[part]]


@dataclass(frozen=True)
class Pager:
    """Addresses are "" where there is no such page."""

    number: int
    pages: int
    previous_url: str
    next_url: str


def address(params: QueryDict, **changes: object) -> str:
    """The same page's address with other parameters; an empty value removes one."""
    changed = params.copy()
    for name, value in changes.items():
        changed[name] = str(value)
    for name in [name for name in changed if not changed[name]]:
        del changed[name]
    return f"?{changed.urlencode()}"


def pager_of(page: Page[Row], params: QueryDict, name: str) -> Pager:
    """`name` is that of the parameter that holds the page's number."""
    return Pager(
        page.number,
        page.paginator.num_pages,
        address(params, **{name: page.number - 1}) if page.has_previous() else "",
        address(params, **{name: page.number + 1}) if page.has_next() else "",
    )


def page_of(rows: CountedRows[Row], number: str) -> Page[Row]:
    """The first page for what is not a number, the last one for a number that is too high."""
    return Paginator(rows, ROWS_ON_A_PAGE).get_page(number)
