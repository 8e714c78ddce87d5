from django.urls import path

from apps.chat.pages import views

urlpatterns = [
    path("", views.new, name="new"),
    path("ask/", views.ask, name="ask"),
    path("conversations/<uuid:uid>/", views.conversation, name="conversation"),
    path("conversations/<uuid:uid>/source/<uuid:answer>/<int:number>/", views.source, name="source"),
    path(
        "conversations/<uuid:uid>/source/<uuid:answer>/<int:number>/panel/", views.panel, name="source_panel"
    ),
    path("answers/<uuid:uid>/proof/", views.proof, name="proof"),
    path("answers/<uuid:uid>/why/", views.why, name="why"),
]
