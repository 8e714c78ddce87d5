"""What the page of a collection shows, and what its script is sent while files are on their way."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.translation import ngettext

from apps.common.templatetags.ui import count
from apps.knowledge.models import Collection
from apps.knowledge.pages.document_list import DocumentList, DocumentRow, ListQuery, document_list
from apps.knowledge.pages.paging import address
from apps.knowledge.pages.upload_list import UploadList, UploadRow, upload_list, uploads_named
from apps.knowledge.selectors import CollectionStats, collection_stats

MOST_KNOWN = 200  # rows that a script may name in one request


@dataclass(frozen=True)
class CollectionPage:
    """`uploads` is None for those who may not change the collection."""

    stats: CollectionStats
    documents: DocumentList
    uploads: UploadList | None
    params: str

    @property
    def summary(self) -> str:
        return summary(self.stats)

    @property
    def state(self) -> str:
        return state_of(self.stats)


def collection_page(collection: Collection, params: QueryDict, *, may_edit: bool) -> CollectionPage:
    """`params` are those of the page's address."""
    stats = collection_stats(collection)
    documents = document_list(collection, ListQuery.from_params(params), stats.documents)
    uploads = upload_list(collection, params) if may_edit else None
    return CollectionPage(stats, documents, uploads, address(params))


def collection_changes(collection: Collection, params: QueryDict, known: QueryDict) -> dict[str, Any]:
    """What differs from what a page shows: `known` names its rows, by uid and tag, and the state of its collection.

    The list of documents is only read when that state has changed.
    """
    stats = collection_stats(collection)
    uploads = upload_list(collection, params)
    changes = {
        "summary": summary(stats),
        "documents": count(stats.documents),
        "state": state_of(stats),
        "open": uploads.open,
        "failed": uploads.failed,
        "cancelled": uploads.cancelled,
        "uploads": _uploads(collection, uploads, _tags(known.getlist("upload"))),
        "uploads_foot": render_to_string(
            "components/pager.html", {"pager": uploads.pager, "anchor": "uploads"}
        ),
    }
    if known.get("state") == changes["state"]:
        return changes
    documents = document_list(collection, ListQuery.from_params(params), stats.documents)
    return changes | {"list": _list(documents, _tags(known.getlist("document")))}


def summary(stats: CollectionStats) -> str:
    documents = ngettext("%(n)s document", "%(n)s documents", stats.documents)
    passages = ngettext("%(n)s passage", "%(n)s passages", stats.passages)
    return ", ".join(
        words % {"n": count(n)} for words, n in ((documents, stats.documents), (passages, stats.passages))
    )


def state_of(stats: CollectionStats) -> str:
    """Differs whenever a document was published or deleted."""
    changed_at = stats.changed_at.timestamp() if stats.changed_at else 0
    return f"{stats.documents}-{changed_at:.6f}"


def document_html(row: DocumentRow) -> str:
    return render_to_string("knowledge/row.html", {"row": row})


def upload_html(collection: Collection, row: UploadRow) -> str:
    return render_to_string("knowledge/upload_row.html", {"row": row, "collection": collection})


def _tags(values: Iterable[str]) -> dict[uuid.UUID, str]:
    """By uid, of "uid.tag"; anything else in a request is ignored."""
    tags = {}
    for value in list(values)[:MOST_KNOWN]:
        uid, _, tag = value.partition(".")
        with suppress(ValueError):
            tags[uuid.UUID(uid)] = tag
    return tags


def _uploads(collection: Collection, uploads: UploadList, tags: Mapping[uuid.UUID, str]) -> dict[str, str]:
    """Changed rows by uid, in order; "" for a known one that is gone."""
    rows = {row.uid: row for row in uploads.page if row.uid}
    others = uploads_named(collection, [uid for uid in tags if uid not in rows])
    rows |= {row.uid: row for row in others if row.uid}
    changed = {
        str(uid): upload_html(collection, row) for uid, row in rows.items() if tags.get(uid) != row.tag
    }
    return changed | {str(uid): "" for uid in tags if uid not in rows}


def _list(documents: DocumentList, tags: Mapping[uuid.UUID, str]) -> dict[str, Any]:
    """All rows of the page in order, as (uid, HTML): "" for one that is known."""
    rows = [
        (str(row.uid), "" if tags.get(row.uid) == row.tag else document_html(row)) for row in documents.page
    ]
    return {"rows": rows, "foot": render_to_string("knowledge/list_foot.html", {"list": documents})}
