"""Pages of a list of workspaces or people, read from the database one at a time."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

ROWS = 50


def page_of(rows: QuerySet[Any], request: HttpRequest) -> dict[str, object]:
    """`page` and `pager` for a template; the number is the parameter `page` of the address."""
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return {"page": page, "pager": _pager(page)}


def _pager(page: Page[Model]) -> dict[str, object]:
    return {
        "number": page.number,
        "pages": page.paginator.num_pages,
        "previous_url": f"?page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?page={page.number + 1}" if page.has_next() else "",
    }
