from django.urls import path

from apps.knowledge.pages import (
    collection_settings,
    collection_views,
    deleted_views,
    document_views,
    faq_views,
)
from apps.knowledge.pages.welcome import welcome

urlpatterns = [
    path("welcome/", welcome, name="welcome"),
    path("collections/new/", collection_views.new_collection, name="new_collection"),
    path("collections/deleted/", deleted_views.deleted_collections, name="deleted_collections"),
    path("collections/<uuid:uid>/", collection_views.collection, name="collection"),
    path("collections/<uuid:uid>/settings/", collection_settings.settings, name="collection_settings"),
    path("collections/<uuid:uid>/delete/", collection_settings.delete, name="delete_collection"),
    path("collections/<uuid:uid>/restore/", deleted_views.restore_collection, name="restore_collection"),
    path("collections/<uuid:uid>/deleted/", deleted_views.deleted_documents, name="deleted_documents"),
    path("collections/<uuid:uid>/files/", collection_views.upload, name="upload"),
    path("collections/<uuid:uid>/files.json", collection_views.files_json, name="files_json"),
    path("collections/<uuid:uid>/files/refused/", collection_views.refused, name="refused"),
    path("collections/<uuid:uid>/files/<uuid:ingestion>/retry/", collection_views.retry, name="retry"),
    path("collections/<uuid:uid>/files/<uuid:ingestion>/cancel/", collection_views.cancel, name="cancel"),
    path("collections/<uuid:uid>/files/<uuid:ingestion>/remove/", collection_views.remove, name="remove"),
    path("collections/<uuid:uid>/faq/", faq_views.faq, name="faq"),
    path("collections/<uuid:uid>/faq/new/", faq_views.new_entry, name="new_faq_entry"),
    path("collections/<uuid:uid>/faq/<uuid:entry>/", faq_views.change_entry, name="faq_entry"),
    path("collections/<uuid:uid>/faq/<uuid:entry>/delete/", faq_views.delete_entry, name="delete_faq_entry"),
    path("documents/<uuid:uid>/", document_views.document, name="document"),
    path("documents/<uuid:uid>/delete/", document_views.delete, name="delete_document"),
    path("documents/<uuid:uid>/restore/", deleted_views.restore_document, name="restore_document"),
    path("documents/<uuid:uid>/versions/<int:number>/", document_views.document, name="version"),
    path("documents/<uuid:uid>/versions/<int:number>/original/", document_views.original, name="original"),
    path(
        "documents/<uuid:uid>/versions/<int:number>/restore/",
        document_views.restore_version,
        name="restore_version",
    ),
    path(
        "documents/<uuid:uid>/versions/<int:number>/pages/<int:page>.png",
        document_views.picture,
        name="page_picture",
    ),
    path(
        "documents/<uuid:uid>/versions/<int:number>/pictures/<int:part>/<int:place>/",
        document_views.figure,
        name="figure",
    ),
    path("documents/<uuid:uid>/changes/<int:older>/<int:newer>/", document_views.changes, name="changes"),
]
