"""Addresses below /api/. The last pattern answers every other one, so that no page of the site does."""

from __future__ import annotations

from django.urls import path, re_path

from apps.api.views import (
    account,
    collections,
    conversations,
    docs,
    documents,
    files,
    questions,
    session,
    uploads,
)

app_name = "api"
urlpatterns = [
    path("v1/me", account.MeView.as_view(), name="me"),
    path("v1/workspaces", account.WorkspacesView.as_view(), name="workspaces"),
    path("v1/sessions", session.SignInView.as_view(), name="sign_in"),
    path("v1/sessions/second-factor", session.SecondFactorView.as_view(), name="second_factor"),
    path("v1/sessions/current", session.SessionDetailView.as_view(), name="session"),
    path("v1/socket-tickets", session.TicketsView.as_view(), name="socket_tickets"),
    path("v1/collections", collections.CollectionsView.as_view(), name="collections"),
    path("v1/collections/<uuid:collection_id>", collections.CollectionView.as_view(), name="collection"),
    path(
        "v1/collections/<uuid:collection_id>/documents", collections.DocumentsView.as_view(), name="documents"
    ),
    path("v1/collections/<uuid:collection_id>/files", files.FilesView.as_view(), name="files"),
    path("v1/collections/<uuid:collection_id>/uploads", uploads.UploadsView.as_view(), name="uploads"),
    path("v1/uploads/<uuid:upload_id>", uploads.UploadView.as_view(), name="upload"),
    path("v1/ingestions/<uuid:ingestion_id>", files.IngestionView.as_view(), name="ingestion"),
    path("v1/ingestions/<uuid:ingestion_id>/retry", files.RetryView.as_view(), name="retry"),
    path("v1/documents/<uuid:document_id>", documents.DocumentView.as_view(), name="document"),
    path("v1/documents/<uuid:document_id>/versions", documents.VersionsView.as_view(), name="versions"),
    path(
        "v1/documents/<uuid:document_id>/versions/<int:version>/sections",
        documents.SectionsView.as_view(),
        name="sections",
    ),
    path(
        "v1/documents/<uuid:document_id>/versions/<int:version>/sections/<int:number>",
        documents.SectionView.as_view(),
        name="section",
    ),
    path(
        "v1/documents/<uuid:document_id>/versions/<int:version>/original",
        documents.OriginalView.as_view(),
        name="original",
    ),
    path("v1/questions", questions.QuestionsView.as_view(), name="questions"),
    path("v1/answers/<uuid:answer_id>", questions.AnswerView.as_view(), name="answer"),
    path("v1/answers/<uuid:answer_id>/sources/<int:number>", questions.SourceView.as_view(), name="source"),
    path("v1/answers/<uuid:answer_id>/proof", questions.ProofView.as_view(), name="proof"),
    path("v1/conversations", conversations.ConversationsView.as_view(), name="conversations"),
    path(
        "v1/conversations/<uuid:conversation_id>",
        conversations.ConversationView.as_view(),
        name="conversation",
    ),
    path("v1/conversations/<uuid:conversation_id>/turns", conversations.TurnsView.as_view(), name="turns"),
    path(
        "v1/conversations/<uuid:conversation_id>/restore", conversations.RestoreView.as_view(), name="restore"
    ),
    path("v1/conversations/<uuid:conversation_id>/export", conversations.ExportView.as_view(), name="export"),
    path("v1/search", conversations.SearchView.as_view(), name="search"),
    path("openapi.json", docs.openapi, name="openapi"),
    path("docs", docs.reference, name="docs"),
    re_path(r"", docs.unknown, name="unknown"),
]
