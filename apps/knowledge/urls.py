from django.urls import path

from apps.knowledge.pages import views
from apps.knowledge.pages.welcome import welcome

urlpatterns = [
    path("welcome/", welcome, name="welcome"),
    path("collections/new/", views.new_collection, name="new_collection"),
    path("collections/<uuid:uid>/", views.collection, name="collection"),
    path("collections/<uuid:uid>/files/", views.upload, name="upload"),
    path("collections/<uuid:uid>/files.json", views.files_json, name="files_json"),
    path("collections/<uuid:uid>/files/<uuid:ingestion>/retry/", views.retry, name="retry"),
    path("collections/<uuid:uid>/files/<uuid:ingestion>/cancel/", views.cancel, name="cancel"),
    path("collections/<uuid:uid>/files/<uuid:ingestion>/remove/", views.remove, name="remove"),
    path("documents/<uuid:uid>/", views.document, name="document"),
    path("documents/<uuid:uid>/delete/", views.delete, name="delete_document"),
    path("documents/<uuid:uid>/versions/<int:number>/", views.document, name="version"),
    path("documents/<uuid:uid>/versions/<int:number>/original/", views.original, name="original"),
    path("documents/<uuid:uid>/changes/<int:older>/<int:newer>/", views.changes, name="changes"),
]
