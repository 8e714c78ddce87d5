"""The documents of a collection as its page lists them: searched, sorted and cut into pages by the database."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.common.names import clean_name
from apps.knowledge.index.list_keys import folded
from apps.knowledge.models import LISTED, Collection, Document
from apps.knowledge.pages.paging import CountedRows, Pager, address, page_of, pager_of
from apps.knowledge.pages.row_tag import row_tag

QUERY_CHARS, QUERY_WORDS = 200, 8
FIELDS = {"name": "sort_key", "passages": "passage_count", "date": "published_at"}
LABELS = {"name": _("Document"), "passages": _("Passages"), "date": _("Changed")}
COLUMNS = (
    "uid", "path", "title", "original_bytes", "page_count", "version_number", "passage_count", "published_at",
)  # fmt: skip
FIRST = {"name": "name", "passages": "-passages", "date": "-date"}  # the direction that a column begins with


@dataclass(frozen=True)
class ListQuery:
    """What the page's address asks for. `sort` is a key of FIELDS, after a "-" when it descends."""

    params: QueryDict
    text: str
    sort: str
    page: str

    @classmethod
    def from_params(cls, params: QueryDict) -> ListQuery:
        """Anything that is not understood is as if it were absent."""
        sort = params.get("sort", "")
        return cls(
            params=params,
            text=" ".join(clean_name(params.get("q", "")).split())[:QUERY_CHARS],
            sort=sort if sort.removeprefix("-") in FIELDS else "name",
            page=params.get("page", ""),
        )


@dataclass(frozen=True)
class DocumentRow:
    """The fields are those of COLUMNS."""

    uid: uuid.UUID
    path: str
    title: str
    size: int
    pages: int
    version: int
    passages: int
    changed_at: datetime

    @property
    def name(self) -> str:
        return self.title or self.path

    @property
    def detail(self) -> str:
        parts = [filesizeformat(self.size)]
        if self.pages:
            parts.append(ngettext("%(n)d page", "%(n)d pages", self.pages) % {"n": self.pages})
        if self.version > 1:
            parts.append(gettext("version %(number)s") % {"number": self.version})
        return ", ".join(parts)

    @property
    def tag(self) -> str:
        return row_tag(self)


@dataclass(frozen=True)
class Column:
    """`order` is "ascending", "descending" or "" as in aria-sort; `url` sorts by the column, or the other way round."""

    key: str
    label: Promise
    order: str
    url: str


@dataclass(frozen=True)
class DocumentList:
    """`found` of the collection's `total` documents match the query."""

    query: ListQuery
    page: Page[DocumentRow]
    found: int
    total: int

    @property
    def columns(self) -> Iterator[Column]:
        return (_column(key, self.query) for key in FIELDS)

    @property
    def pager(self) -> Pager:
        return pager_of(self.page, self.query.params, "page")

    @property
    def all_url(self) -> str:
        """Without the search."""
        return address(self.query.params, q="", page="")


def document_list(collection: Collection, query: ListQuery, total: int) -> DocumentList:
    """One query, and another one that counts what a search has found. `total` is the number of all documents."""
    rows = matching_documents(collection, query.text)
    found = rows.count() if query.text else total
    shown = CountedRows(_sorted(rows, query.sort), found, lambda row: DocumentRow(*row))
    return DocumentList(query, page_of(shown, query.page), found, total)


def matching_documents(collection: Collection, text: str) -> QuerySet[Document]:
    """Documents whose title or path holds every word."""
    rows = Document.objects.filter(LISTED, collection=collection)
    for word in folded(text).split()[:QUERY_WORDS]:
        rows = rows.filter(search_text__contains=word)
    return rows


def _sorted(rows: QuerySet[Document], sort: str) -> QuerySet[Document, tuple[Any, ...]]:
    sign = "-" if sort.startswith("-") else ""
    return rows.order_by(f"{sign}{FIELDS[sort.removeprefix('-')]}", f"{sign}pk").values_list(*COLUMNS)


def _column(key: str, query: ListQuery) -> Column:
    order, sort = "", FIRST[key]
    if query.sort == key:
        order, sort = "ascending", f"-{key}"
    elif query.sort == f"-{key}":
        order, sort = "descending", key
    return Column(key, LABELS[key], order, address(query.params, sort=sort, page=""))
