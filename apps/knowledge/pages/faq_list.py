"""The approved answers of a collection as their page lists them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.common.names import clean_name
from apps.common.templatetags.ui import count
from apps.knowledge.models import Collection, FaqEntry, FaqWording
from apps.knowledge.pages.paging import CountedRows, Pager, address, page_of, pager_of
from apps.knowledge.selectors import faq_entries_of

QUERY_CHARS = 200
COLUMNS = ("uid", "title", "number", "is_active", "has_quote", "is_prepared", "approved_at")
LABELS: dict[str, Promise] = {
    "active": _("Active"),
    "preparing": _("Being prepared"),
    "off": _("Off"),
    "no-quote": _("Quote not found"),
}


@dataclass(frozen=True)
class FaqRow:
    """The fields are those of COLUMNS."""

    uid: uuid.UUID
    title: str
    number: int
    is_active: bool
    has_quote: bool
    is_prepared: bool
    approved_at: datetime

    @property
    def state(self) -> str:
        """A key of LABELS."""
        if not self.is_active:
            return "off"
        if not self.has_quote:
            return "no-quote"
        return "active" if self.is_prepared else "preparing"

    @property
    def label(self) -> Promise:
        return LABELS[self.state]

    @property
    def detail(self) -> str:
        return ngettext("%(n)s question", "%(n)s questions", self.number) % {"n": count(self.number)}


@dataclass(frozen=True)
class FaqList:
    """`found` of `total` entries contain the `text` that was searched for."""

    params: QueryDict
    text: str
    page: Page[FaqRow]
    found: int
    total: int

    @property
    def pager(self) -> Pager:
        return pager_of(self.page, self.params, "page")

    @property
    def all_url(self) -> str:
        return address(self.params, q="", page="")


def faq_list(collection: Collection, params: QueryDict) -> FaqList:
    """`?q=` searches questions and answers, `?page=` is a page of the list."""
    text = " ".join(clean_name(params.get("q", "")).split())[:QUERY_CHARS]
    total = FaqEntry.objects.filter(collection=collection).count()
    rows = faq_entries_of(collection)
    if text:
        asked = FaqWording.objects.filter(entry=OuterRef("pk"), text__icontains=text)
        rows = rows.filter(Q(answer__icontains=text) | Exists(asked))
    found = rows.count() if text else total
    shown = CountedRows(rows.values_list(*COLUMNS), found, lambda row: FaqRow(*row))
    return FaqList(params, text, page_of(shown, params.get("page", "")), found, total)
