"""Support for collections and documents, without their text. Documents change through ingestion only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.forms import ModelForm, ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.common.admin import BaseAdmin, ReadOnlyAdmin, coloured
from apps.common.errors import AppError
from apps.knowledge import services
from apps.knowledge.documents.parsed_document import FailureCode
from apps.knowledge.models import (
    Collection,
    Document,
    DocumentVersion,
    FaqEntry,
    Ingestion,
    IngestionState,
    VersionState,
)
from apps.knowledge.parsing.failures import WITHDRAWN, sentence_for

FINAL_STATES = (IngestionState.READY, IngestionState.FAILED)
VERSION_COLOURS = {VersionState.DRAFT: "info", VersionState.PUBLISHED: "success"}
INGESTION_COLOURS = {
    IngestionState.READING: "info",
    IngestionState.INDEXING: "info",
    IngestionState.READY: "success",
    IngestionState.FAILED: "danger",
}


WITHDRAWN_ROWS = Q(state=IngestionState.FAILED, reason__in=list(WITHDRAWN))


class StateFilter(admin.SimpleListFilter):
    """Uploads that somebody cancelled, or that a newer copy replaced, are not among those that failed."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*IngestionState.choices, ("withdrawn", _("Cancelled or replaced"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Ingestion]) -> QuerySet[Ingestion]:
        if self.value() == "withdrawn":
            return queryset.filter(WITHDRAWN_ROWS)
        if self.value() is None:
            return queryset
        return queryset.filter(state=self.value()).exclude(WITHDRAWN_ROWS)


class CollectionForm(ModelForm[Collection]):
    def clean_is_public(self) -> bool:
        is_public = bool(self.cleaned_data["is_public"])
        if is_public and not self.instance.workspace.is_operator:
            raise ValidationError(
                _("Only a workspace that may publish collections can open one to everyone.")
            )
        return is_public


@admin.register(Collection)
class CollectionAdmin(BaseAdmin[Collection]):
    form = CollectionForm
    list_display = ("name", "workspace", "is_public", "documents", "passages", "created_at")
    list_select_related = ("workspace", "statistic")
    list_filter = ("is_public", "encoder", "created_at")
    search_fields = ("name", "slug", "workspace__name", "workspace__slug")
    ordering = ("-pk",)
    fields = ("name", "is_public", "workspace", "slug", "encoder", "encoder_digest", "created_at", "uid")
    readonly_fields = ("workspace", "slug", "encoder", "encoder_digest", "created_at", "uid")

    @admin.display(description=_("documents"), ordering="statistic__documents")
    def documents(self, collection: Collection) -> int:
        return collection.statistic.documents if hasattr(collection, "statistic") else 0

    @admin.display(description=_("passages"), ordering="statistic__passages")
    def passages(self, collection: Collection) -> int:
        return collection.statistic.passages if hasattr(collection, "statistic") else 0

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Collection | None = None) -> bool:
        """A cascade would bypass tombstones, statistics and the graph."""
        return False

    def save_model(
        self, request: HttpRequest, obj: Collection, form: ModelForm[Collection], change: bool
    ) -> None:
        services.save_collection(obj)


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin[Document]):
    list_display = ("path", "collection", "workspace", "created_at", "deleted_at")
    list_select_related = ("collection", "workspace")
    list_filter = (("deleted_at", admin.EmptyFieldListFilter), "created_at")
    search_fields = ("path", "uid", "collection__name", "workspace__name")
    ordering = ("-pk",)
    fields = ("path", "collection", "workspace", "created_at", "deleted_at", "uid")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        return super().get_queryset(request).select_related("collection", "workspace")

    def has_delete_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        """By a tombstone, as on the document's own page."""
        may_delete = request.user.has_perm("knowledge.delete_document")
        return may_delete and (obj is None or obj.deleted_at is None)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Django would load all rows of the documents, their text included, to list what a cascade deletes."""
        names = [str(document) for document in objs]
        counted = {str(Document._meta.verbose_name_plural): len(names)}
        return names, counted, set(), []

    def delete_model(self, request: HttpRequest, obj: Document) -> None:
        services.delete_document(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Document]) -> None:
        for document in queryset.filter(deleted_at=None):
            services.delete_document(document)


@admin.register(DocumentVersion)
class DocumentVersionAdmin(ReadOnlyAdmin[DocumentVersion]):
    list_display = ("title", "number", "path", "collection", "coloured_state", "media_type", "published_at")
    list_filter = ("state", "media_type", "language", "published_at")
    search_fields = ("title", "document__path", "document__collection__name", "uid")
    ordering = ("-pk",)
    exclude = ("text", "layout", "metadata")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DocumentVersion]:
        rows = super().get_queryset(request).defer("text", "layout", "metadata")
        return rows.select_related("document__collection", "workspace")

    @admin.display(description=_("path"), ordering="document__path")
    def path(self, version: DocumentVersion) -> str:
        return version.document.path

    @admin.display(description=_("collection"), ordering="document__collection__name")
    def collection(self, version: DocumentVersion) -> str:
        return version.document.collection.name

    @coloured(_("state"), VERSION_COLOURS, ordering="state")
    def coloured_state(self, version: DocumentVersion) -> tuple[str, str]:
        return version.state, version.get_state_display()


@admin.register(Ingestion)
class IngestionAdmin(ReadOnlyAdmin[Ingestion]):
    list_display = ("path", "collection", "uploaded_by", "coloured_state", "why", "created_at", "finished_at")
    list_filter = (StateFilter, "reason", "created_at")
    search_fields = ("path", "uid", "collection__name", "uploaded_by__email", "uploaded_by__name")
    ordering = ("-pk",)
    actions = ("retry", "cancel", "dismiss")
    exclude = ("original", "lease_until")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ingestion]:
        rows = (
            super().get_queryset(request).select_related("collection__workspace", "workspace", "uploaded_by")
        )
        return rows.select_related("version").defer("version__text", "version__layout", "version__metadata")

    @coloured(_("state"), INGESTION_COLOURS, ordering="state")
    def coloured_state(self, ingestion: Ingestion) -> tuple[str, str]:
        if ingestion.reason in WITHDRAWN:
            return ingestion.reason, str(WITHDRAWN[FailureCode(ingestion.reason)])
        return ingestion.state, ingestion.get_state_display()

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, ingestion: Ingestion) -> str:
        return sentence_for(ingestion.reason, ingestion.path) if ingestion.reason else ""

    def has_work_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("knowledge.change_ingestion")

    @admin.action(description=_("Try again"), permissions=["work"])
    def retry(self, request: HttpRequest, rows: QuerySet[Ingestion]) -> None:
        failed = rows.filter(state=IngestionState.FAILED)
        self._for_each(request, failed, services.retry_ingestion, "Tried again.")

    @admin.action(description=_("Cancel"), permissions=["work"])
    def cancel(self, request: HttpRequest, rows: QuerySet[Ingestion]) -> None:
        unfinished = rows.exclude(state__in=FINAL_STATES)
        self._for_each(request, unfinished, services.cancel_ingestion, "Cancelled.")

    @admin.action(description=_("Remove failed file from its list"), permissions=["work"])
    def dismiss(self, request: HttpRequest, rows: QuerySet[Ingestion]) -> None:
        failed = rows.filter(state=IngestionState.FAILED)
        self._for_each(request, failed, services.dismiss_failed, "Removed from its list.")

    def _for_each(
        self,
        request: HttpRequest,
        rows: QuerySet[Ingestion],
        work: Callable[[Ingestion], object],
        record: str,
    ) -> None:
        """Goes on after a row that cannot be worked on, and says why; `record` is kept for each of the others."""
        done = 0
        for row in rows:
            try:
                work(row)
            except AppError as error:
                self.message_user(request, f"{row.path}: {error.message}", messages.ERROR)
            else:
                self.log_change(request, row, record)
                done += 1
        text = ngettext("Done for %(n)d file.", "Done for %(n)d files.", done) % {"n": done}
        self.message_user(request, text, messages.SUCCESS if done else messages.WARNING)


@admin.register(FaqEntry)
class FaqEntryAdmin(ReadOnlyAdmin[FaqEntry]):
    """Without questions and answers, as documents are shown without their text."""

    list_display = ("created_at", "collection", "workspace", "is_active", "approved_role", "approved_at")
    list_select_related = ("collection", "workspace")
    list_filter = ("is_active", "approved_role", "approved_at")
    search_fields = ("uid", "collection__name", "workspace__name")
    ordering = ("-pk",)
    fields = (
        "collection", "workspace", "is_active", "revision", "source", "approved_by", "approved_role", "approved_at",
        "created_at", "uid",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[FaqEntry]:
        rows = super().get_queryset(request).defer("answer")
        return rows.select_related(
            "collection", "workspace", "approved_by", "source_version__document"
        ).defer("source_version__text", "source_version__layout", "source_version__metadata")

    @admin.display(description=_("source"))
    def source(self, entry: FaqEntry) -> str:
        return entry.source_version.document.path if entry.source_version else ""
