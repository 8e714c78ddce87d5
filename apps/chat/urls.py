from django.urls import path

from apps.chat.pages import conversations_page, export_views, options_page, share_views, views

urlpatterns = [
    path("", views.new, name="new"),
    path("ask/", views.ask, name="ask"),
    path("conversations/<uuid:uid>/", views.conversation, name="conversation"),
    path("conversations/", conversations_page.conversations, name="conversations"),
    path("conversations/deleted/", options_page.deleted, name="deleted_conversations"),
    path("conversations/<uuid:uid>/options/", options_page.options, name="conversation_options"),
    path("conversations/<uuid:uid>/pin/", options_page.pin, name="pin_conversation"),
    path("conversations/<uuid:uid>/delete/", options_page.delete, name="delete_conversation"),
    path("conversations/<uuid:uid>/restore/", options_page.restore, name="restore_conversation"),
    path("conversations/<uuid:uid>/print/", export_views.printed, name="print_conversation"),
    path("conversations/<uuid:uid>/export.md", export_views.markdown, name="export_markdown"),
    path("conversations/<uuid:uid>/export.json", export_views.as_json, name="export_json"),
    path("conversations/<uuid:uid>/share/", share_views.share, name="share_conversation"),
    path("conversations/<uuid:uid>/share/<uuid:link>/close/", share_views.close, name="close_link"),
    path("shared/<str:token>/", share_views.shared, name="shared"),
    path("conversations/<uuid:uid>/source/<uuid:answer>/<int:number>/", views.source, name="source"),
    path(
        "conversations/<uuid:uid>/source/<uuid:answer>/<int:number>/panel/", views.panel, name="source_panel"
    ),
    path("answers/<uuid:uid>/proof/", views.proof, name="proof"),
    path("answers/<uuid:uid>/why/", views.why, name="why"),
]
