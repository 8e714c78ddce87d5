"""A console for support: rows as they are. Documents change through ingestion only."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from apps.knowledge.models import Collection, Document, DocumentVersion, Ingestion


class ReadOnlyAdmin(admin.ModelAdmin[Model]):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Collection)
class CollectionAdmin(admin.ModelAdmin[Collection]):
    list_display = ("name", "slug", "workspace", "is_public", "encoder", "created_at")
    list_select_related = ("workspace",)
    search_fields = ("name", "slug", "workspace__slug")
    readonly_fields = ("uid", "workspace", "slug", "encoder", "encoder_digest", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A cascade would pass by tombstones, statistics and the graph."""
        return False


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ("path", "collection", "created_at", "deleted_at")
    list_select_related = ("collection",)
    search_fields = ("path", "uid")


@admin.register(DocumentVersion)
class DocumentVersionAdmin(ReadOnlyAdmin):
    list_display = ("document", "number", "state", "media_type", "original_bytes", "live_from", "live_until")
    list_select_related = ("document",)
    list_filter = ("state",)
    exclude = ("text", "layout")


@admin.register(Ingestion)
class IngestionAdmin(ReadOnlyAdmin):
    list_display = ("uid", "path", "collection", "state", "reason", "attempt", "created_at", "finished_at")
    list_select_related = ("collection",)
    list_filter = ("state", "reason")
    search_fields = ("path", "uid")
